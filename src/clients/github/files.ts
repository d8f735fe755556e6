import type { Octokit } from '@octokit/rest';
import { UserError } from '../../core/errors.ts';
import type { FileChange } from '../../core/file-change.ts';
import { type Ask, orNone } from './github-error.ts';
import { type Place, placeOf } from './place.ts';

/** Files of a repository, and changes to them. All throw UserError where a person has to do something, and GithubError otherwise. */
export interface RepositoryFiles {
  /** The text of a file at a commit, at most 1 MiB. */
  read(github: string, sha: string, path: string): Promise<string>;
  /** Commits on top of the parent. @throws UserError where the branch is elsewhere */
  commit(github: string, change: FileChange): Promise<{ sha: string; url: string }>;
  /** A pull request with the commit; where one of the same topic is open, that one. */
  propose(github: string, change: FileChange): Promise<{ number: number; url: string }>;
}

export function filesBy(octokit: Octokit, ask: Ask): RepositoryFiles {
  return {
    read: (github, sha, path) => ask(`the file ${path} of ${github}`, () => read(octokit, placeOf(github), sha, path)),
    commit: (github, change) => ask(`a commit on ${change.branch} of ${github}`, () => commit(octokit, placeOf(github), change)),
    propose: (github, change) => ask(`a pull request for ${change.branch} of ${github}`, () => propose(octokit, placeOf(github), change)),
  };
}

async function read(octokit: Octokit, at: Place, sha: string, path: string): Promise<string> {
  const { data } = await octokit.rest.repos.getContent({ ...at, path, ref: sha });
  if (Array.isArray(data) || data.type !== 'file') throw new UserError(`${path} is no ordinary file: name another as version.path.`);
  // GitHub sends no content of a file of more than 1 MiB.
  if (data.encoding !== 'base64') throw new UserError(`${path} has ${data.size} bytes, which is too large: name a smaller file.`);
  return Buffer.from(data.content, 'base64').toString('utf8');
}

async function commit(octokit: Octokit, at: Place, change: FileChange): Promise<{ sha: string; url: string }> {
  const { data: head } = await octokit.rest.git.getRef({ ...at, ref: `heads/${change.branch}` });
  if (head.object.sha !== change.parent) throw moved(change);
  const made = await makeCommit(octokit, at, change);
  // Without force: where somebody has pushed since, it is refused (422).
  await octokit.rest.git.updateRef({ ...at, ref: `heads/${change.branch}`, sha: made.sha, force: false });
  return made;
}

async function propose(octokit: Octokit, at: Place, change: FileChange): Promise<{ number: number; url: string }> {
  const head = `coxswain/${change.topic}`;
  const open = await octokit.rest.pulls.list({ ...at, state: 'open', head: `${at.owner}:${head}`, base: change.branch });
  const [known] = open.data;
  if (known) return { number: known.number, url: known.html_url };
  // One that is there was left by an attempt that ended before its pull request, or by one that was closed.
  if (!(await orNone(octokit.rest.git.getRef({ ...at, ref: `heads/${head}` })))) {
    const { sha } = await makeCommit(octokit, at, change);
    await octokit.rest.git.createRef({ ...at, ref: `refs/heads/${head}`, sha });
  }
  const [title = '', ...body] = change.message.split('\n');
  const { data } = await octokit.rest.pulls.create({ ...at, head, base: change.branch, title, body: body.join('\n').trim() });
  return { number: data.number, url: data.html_url };
}

async function makeCommit(octokit: Octokit, at: Place, change: FileChange): Promise<{ sha: string; url: string }> {
  const { parent, path, text, message, author } = change;
  const { data: before } = await octokit.rest.git.getCommit({ ...at, commit_sha: parent });
  const file = { path, mode: '100644', type: 'blob', content: text } as const;
  const { data: tree } = await octokit.rest.git.createTree({ ...at, base_tree: before.tree.sha, tree: [file] });
  const { data } = await octokit.rest.git.createCommit({ ...at, message, tree: tree.sha, parents: [parent], author: { ...author } });
  return { sha: data.sha, url: data.html_url };
}

function moved({ branch }: FileChange): UserError {
  return new UserError(`${branch} has moved meanwhile, so nothing was written: say it again.`);
}
