import type { Octokit } from '@octokit/rest';
import { UserError } from '../../core/errors.ts';
import { quoted } from '../../core/text/quoted.ts';
import type { FileChange } from '../../core/version/file-change.ts';
import { type GithubRequest, orNone } from './github-error.ts';
import { type GithubRepository, repositoryOf } from './place.ts';

/** Files of a repository, and changes to them. All throw UserError where a person has to do something, and GithubError otherwise. */
export interface RepositoryFiles {
  /** The text of a file at a commit, at most 1 MiB. */
  read(github: string, sha: string, path: string): Promise<string>;
  /** A commit on the branch, where the file is as it was at the parent. @throws UserError where it is not */
  commit(github: string, change: FileChange): Promise<{ sha: string; parent?: string; url: string }>;
  /** A pull request with the commit; where one of the same topic is open, that one. */
  propose(github: string, change: FileChange): Promise<{ number: number; url: string }>;
}

export function filesBy(octokit: Octokit, ask: GithubRequest): RepositoryFiles {
  return {
    read: (github, sha, path) =>
      ask(`the file ${path} of ${github}`, async () => (await fileAt(octokit, repositoryOf(github), sha, path)).text),
    commit: (github, change) =>
      ask(`a commit on ${quoted(change.branch)} of ${github}`, () => commit(octokit, repositoryOf(github), change)),
    propose: (github, change) =>
      ask(`a pull request for ${quoted(change.branch)} of ${github}`, () => propose(octokit, repositoryOf(github), change)),
  };
}

async function fileAt(octokit: Octokit, at: GithubRepository, ref: string, path: string): Promise<{ blob: string; text: string }> {
  const { data } = await octokit.rest.repos.getContent({ ...at, path, ref });
  if (Array.isArray(data) || data.type !== 'file') throw new UserError(`${path} is not a regular file: set version.path to another one.`);
  // GitHub sends no content of a file of more than 1 MiB.
  if (data.encoding !== 'base64') throw new UserError(`${path} has ${data.size} bytes, which is too large: use a smaller file.`);
  return { blob: data.sha, text: Buffer.from(data.content, 'base64').toString('utf8') };
}

async function commit(octokit: Octokit, at: GithubRepository, change: FileChange) {
  const { blob } = await fileAt(octokit, at, change.parent, change.path);
  return await put(octokit, at, change, { branch: change.branch, blob });
}

async function propose(octokit: Octokit, at: GithubRepository, change: FileChange): Promise<{ number: number; url: string }> {
  const head = `coxswain/${change.topic}`;
  const open = await octokit.rest.pulls.list({ ...at, state: 'open', head: `${at.owner}:${head}`, base: change.branch });
  const [known] = open.data;
  if (known) return { number: known.number, url: known.html_url };
  // A branch that is there was left by an attempt that ended before its pull request, or by one that people have closed.
  if (!(await orNone(octokit.rest.git.getRef({ ...at, ref: `heads/${head}` })))) {
    await octokit.rest.git.createRef({ ...at, ref: `refs/heads/${head}`, sha: change.parent });
  }
  const { blob, text } = await fileAt(octokit, at, `refs/heads/${head}`, change.path);
  if (text !== change.text) await put(octokit, at, change, { branch: head, blob });
  const [title = '', ...body] = change.message.split('\n');
  const { data } = await octokit.rest.pulls.create({ ...at, head, base: change.branch, title, body: body.join('\n').trim() });
  return { number: data.number, url: data.html_url };
}

/** Writes the file, where it is the one that was read: GitHub refuses (409) to write over another. */
async function put(
  octokit: Octokit,
  at: GithubRepository,
  change: FileChange,
  { branch, blob }: { readonly branch: string; readonly blob: string },
) {
  const { path, text, message, author } = change;
  const content = Buffer.from(text).toString('base64');
  const who = { author: { ...author }, committer: { ...author } };
  try {
    const { data } = await octokit.rest.repos.createOrUpdateFileContents({ ...at, path, message, content, sha: blob, branch, ...who });
    // GitHub compares the file alone: the branch may have got other commits meanwhile, and this one then stands on them.
    const parent = data.commit.parents?.[0]?.sha;
    return { sha: data.commit.sha ?? '', url: data.commit.html_url ?? '', ...(parent && { parent }) };
  } catch (error) {
    if ((error as { status?: unknown }).status !== 409) throw error;
    throw new UserError(`${quoted(branch)} has moved in the meantime, so nothing was written: try again.`, { cause: error });
  }
}
