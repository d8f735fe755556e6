import { apiOf, botShape, nodeId, pageOfRepository, repositoryShape } from './repository-shape.ts';
import type { HostedRepository, StoredPull } from './state.ts';

/** The addresses of a pull request, by what is there. */
function linksOf(origin: string, repository: HostedRepository, number: number, sha: string): Readonly<Record<string, string>> {
  const api = apiOf(origin, repository);
  const [self, issue] = [`${api}/pulls/${number}`, `${api}/issues/${number}`];
  return {
    self,
    html: `${pageOfRepository(origin, repository)}/pull/${number}`,
    issue,
    comments: `${issue}/comments`,
    review_comments: `${self}/comments`,
    review_comment: `${api}/pulls/comments{/number}`,
    commits: `${self}/commits`,
    statuses: `${api}/statuses/${sha}`,
  };
}

async function endShape(origin: string, repository: HostedRepository, ref: string) {
  return {
    ref,
    label: `${repository.name.split('/')[0]}:${ref}`,
    sha: (await repository.git.commitSha(`refs/heads/${ref}`)) ?? '',
    user: botShape(origin),
    repo: await repositoryShape(origin, repository),
  };
}

const untouched = {
  state: 'open',
  locked: false,
  draft: false,
  labels: [],
  milestone: null,
  assignee: null,
  author_association: 'CONTRIBUTOR',
  auto_merge: null,
  closed_at: null,
  merged_at: null,
  merge_commit_sha: null,
};

/** A pull request as a list has it. */
export async function pullShape(origin: string, repository: HostedRepository, pull: StoredPull): Promise<object> {
  const { number, title, body, at } = pull;
  const head = await endShape(origin, repository, pull.head);
  const { self, html, ...others } = linksOf(origin, repository, number, head.sha);
  return {
    ...untouched,
    id: number,
    node_id: nodeId('PR', number),
    number,
    url: self,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    ...Object.fromEntries(Object.entries(others).map(([name, url]) => [`${name}_url`, url])),
    _links: Object.fromEntries(Object.entries({ self, html, ...others }).map(([name, href]) => [name, { href }])),
    title,
    body,
    user: botShape(origin),
    head,
    base: await endShape(origin, repository, pull.base),
    created_at: at,
    updated_at: at,
  };
}

/** The same, alone: with what the branch would bring. */
export async function wholePullShape(origin: string, repository: HostedRepository, pull: StoredPull): Promise<object> {
  const range = `refs/heads/${pull.base}..refs/heads/${pull.head}`;
  const commits = Number(await repository.git.run(['rev-list', '--count', range]));
  return {
    ...(await pullShape(origin, repository, pull)),
    merged: false,
    mergeable: null,
    mergeable_state: 'unknown',
    merged_by: null,
    maintainer_can_modify: false,
    comments: 0,
    review_comments: 0,
    commits,
    additions: 0,
    deletions: 0,
    changed_files: 1,
  };
}
