import type { GitCommit } from './repository.ts';
import { apiOf, nodeId, pageOfRepository } from './repository-shape.ts';
import type { HostedRepository } from './state.ts';

const unsigned = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };

/** A commit of the git database. */
export function gitCommitShape(origin: string, repository: HostedRepository, commit: GitCommit): object {
  const [api, page] = [`${apiOf(origin, repository)}/git`, `${pageOfRepository(origin, repository)}/commit`];
  const { sha, author, committer, tree, message } = commit;
  return {
    sha,
    node_id: nodeId('C', sha),
    url: `${api}/commits/${sha}`,
    html_url: `${page}/${sha}`,
    author,
    committer,
    tree: { sha: tree, url: `${api}/trees/${tree}` },
    message,
    parents: commit.parents.map((parent) => ({ sha: parent, url: `${api}/commits/${parent}`, html_url: `${page}/${parent}` })),
    verification: unsigned,
  };
}

/** A commit of the repository's history. */
export function commitShape(origin: string, repository: HostedRepository, commit: GitCommit): object {
  const { sha, author, committer, message, tree, parents } = commit;
  const [api, page] = [apiOf(origin, repository), pageOfRepository(origin, repository)];
  const gitApi = `${api}/git`;
  return {
    sha,
    node_id: nodeId('C', sha),
    url: `${api}/commits/${sha}`,
    html_url: `${page}/commit/${sha}`,
    comments_url: `${api}/commits/${sha}/comments`,
    commit: {
      url: `${gitApi}/commits/${sha}`,
      author,
      committer,
      message,
      tree: { sha: tree, url: `${gitApi}/trees/${tree}` },
      comment_count: 0,
      verification: unsigned,
    },
    author: null,
    committer: null,
    parents: parents.map((parent) => ({ sha: parent, url: `${api}/commits/${parent}`, html_url: `${page}/commit/${parent}` })),
  };
}
