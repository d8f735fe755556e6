import { UserError } from '../../core/errors.ts';
import { quoted } from '../../core/text/quoted.ts';
import type { FileChange } from '../../core/version/file-change.ts';
import type { GithubApi } from './api.ts';
import { type GithubRequest, orNone } from './github-error.ts';
import { type GithubRepository, repositoryOf } from './place.ts';

/** Files of a repository, and changes to them. All methods throw UserError if the user has to act, GithubError otherwise. */
export interface RepositoryFiles {
  /** The text of a file at a commit, at most 1 MiB. */
  read(github: string, sha: string, path: string): Promise<string>;
  /** Commits to the branch, if the file is unchanged since the parent. @throws UserError if it is not */
  commit(github: string, change: FileChange): Promise<{ sha: string; parent?: string; url: string }>;
  /** Opens a pull request with the commit; returns the existing one if one for the same topic is open. */
  propose(github: string, change: FileChange): Promise<{ number: number; url: string }>;
}

export function filesBy(octokit: GithubApi, ask: GithubRequest): RepositoryFiles {
  return {
    read: (github, sha, path) =>
      ask(`the file ${path} of ${github}`, async () => (await fileAt(octokit, repositoryOf(github), sha, path)).text),
    commit: (github, change) =>
      ask(`a commit on ${quoted(change.branch)} of ${github}`, () => commit(octokit, repositoryOf(github), change)),
    propose: (github, change) =>
      ask(`a pull request for ${quoted(change.branch)} of ${github}`, () => propose(octokit, repositoryOf(github), change)),
  };
}

async function fileAt(octokit: GithubApi, at: GithubRepository, ref: string, path: string): Promise<{ blob: string; text: string }> {
  const { data } = await octokit.rest.repos.getContent({ ...at, path, ref });
  if (Array.isArray(data) || data.type !== 'file') throw new UserError(`${path} is not a regular file: set version.path to another one.`);
  // GitHub does not send the content of files larger than 1 MiB.
  if (data.encoding !== 'base64') throw new UserError(`${path} has ${data.size} bytes, which is too large: use a smaller file.`);
  return { blob: data.sha, text: Buffer.from(data.content, 'base64').toString('utf8') };
}

async function commit(octokit: GithubApi, at: GithubRepository, change: FileChange) {
  const { blob } = await fileAt(octokit, at, change.parent, change.path);
  return await put(octokit, at, change, { branch: change.branch, blob });
}

async function propose(octokit: GithubApi, at: GithubRepository, change: FileChange): Promise<{ number: number; url: string }> {
  const head = `coxswain/${change.topic}`;
  const open = await octokit.rest.pulls.list({ ...at, state: 'open', head: `${at.owner}:${head}`, base: change.branch });
  const [known] = open.data;
  if (known) return { number: known.number, url: known.html_url };
  // An existing branch was left by an attempt that failed before opening its pull request, or by a pull request that was closed.
  if (!(await orNone(octokit.rest.git.getRef({ ...at, ref: `heads/${head}` })))) {
    await octokit.rest.git.createRef({ ...at, ref: `refs/heads/${head}`, sha: change.parent });
  }
  const { blob, text } = await fileAt(octokit, at, `refs/heads/${head}`, change.path);
  if (text !== change.text) await put(octokit, at, change, { branch: head, blob });
  const [title = '', ...body] = change.message.split('\n');
  const { data } = await octokit.rest.pulls.create({ ...at, head, base: change.branch, title, body: body.join('\n').trim() });
  return { number: data.number, url: data.html_url };
}

/** Writes the file if it is the one that was read: GitHub refuses (409) to overwrite another version. */
async function put(
  octokit: GithubApi,
  at: GithubRepository,
  change: FileChange,
  { branch, blob }: { readonly branch: string; readonly blob: string },
) {
  const { path, text, message, author } = change;
  const content = Buffer.from(text).toString('base64');
  const who = { author: { ...author }, committer: { ...author } };
  try {
    const { data } = await octokit.rest.repos.createOrUpdateFileContents({ ...at, path, message, content, sha: blob, branch, ...who });
    // GitHub compares only the file: the branch may have new commits meanwhile, which are then the parents of this one.
    const parent = data.commit.parents?.[0]?.sha;
    return { sha: data.commit.sha ?? '', url: data.commit.html_url ?? '', ...(parent && { parent }) };
  } catch (error) {
    if ((error as { status?: unknown }).status !== 409) throw error;
    throw new UserError(`${quoted(branch)} has moved in the meantime, so nothing was written: try again.`, { cause: error });
  }
}
