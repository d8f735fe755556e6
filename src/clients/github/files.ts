import { UserError } from '../../core/errors.ts';
import { quoted } from '../../core/text/quoted.ts';
import type { FileChange } from '../../core/version/file-change.ts';
import type { GithubApi } from './api.ts';
import { type GithubRequest, orNone } from './github-error.ts';
import { type GithubRepository, repositoryOf } from './place.ts';
import { writeOnce } from './write-once.ts';

/** Files of a repository, and changes to them. All methods throw UserError if the user has to act, GithubError otherwise. */
export interface RepositoryFiles {
  /** The text of a file at a commit, at most 1 MiB. */
  read(github: string, sha: string, path: string): Promise<string>;
  /** Commits to the branch, if the file is unchanged since the parent. @throws UserError if it is not */
  commit(github: string, change: FileChange): Promise<{ sha: string; parent?: string; url: string }>;
  /** Opens a pull request with the commit; returns the existing one if one for the same topic is open. */
  propose(github: string, change: FileChange): Promise<{ number: number; url: string }>;
}

/** What changing files needs besides the client. */
export interface FileOptions {
  /** The pause before a write is sent again. */
  readonly retryMs: number;
}

export function filesBy(octokit: GithubApi, ask: GithubRequest, { retryMs }: FileOptions): RepositoryFiles {
  const place = (github: string): Place => ({ octokit, at: repositoryOf(github), retryMs });
  return {
    read: (github, sha, path) => ask(`the file ${path} of ${github}`, async () => (await fileAt(place(github), sha, path)).text),
    commit: (github, change) =>
      ask(`a commit on ${quoted(change.branch)} of ${github}`, async () => {
        const { blob } = await fileAt(place(github), change.parent, change.path);
        return put(place(github), change, { branch: change.branch, head: change.parent, blob });
      }),
    propose: (github, change) => ask(`a pull request for ${quoted(change.branch)} of ${github}`, () => propose(place(github), change)),
  };
}

interface Place {
  readonly octokit: GithubApi;
  readonly at: GithubRepository;
  readonly retryMs: number;
}

async function fileAt({ octokit, at }: Place, ref: string, path: string): Promise<{ blob: string; text: string }> {
  const { data } = await octokit.rest.repos.getContent({ ...at, path, ref });
  if (Array.isArray(data) || data.type !== 'file') throw new UserError(`${path} is not a regular file: set version.path to another one.`);
  // GitHub does not send the content of files larger than 1 MiB.
  if (data.encoding !== 'base64') throw new UserError(`${path} has ${data.size} bytes, which is too large: use a smaller file.`);
  return { blob: data.sha, text: Buffer.from(data.content, 'base64').toString('utf8') };
}

interface Proposed {
  readonly number: number;
  readonly url: string;
}

async function propose(place: Place, change: FileChange): Promise<Proposed> {
  const { octokit, at, retryMs } = place;
  const branch = `coxswain/${change.topic}`;
  const open = async (): Promise<Proposed | undefined> => {
    const { data } = await octokit.rest.pulls.list({ ...at, state: 'open', head: `${at.owner}:${branch}`, base: change.branch });
    return data[0] && { number: data[0].number, url: data[0].html_url };
  };
  const known = await open();
  if (known) return known;
  const head = await ensureBranch(place, branch, change.parent);
  const { blob, text } = await fileAt(place, `refs/heads/${branch}`, change.path);
  if (text !== change.text) await put(place, change, { branch, head, blob });
  const [title = '', ...body] = change.message.split('\n');
  const create = async (): Promise<Proposed> => {
    const { data } = await octokit.rest.pulls.create({ ...at, head: branch, base: change.branch, title, body: body.join('\n').trim() });
    return { number: data.number, url: data.html_url };
  };
  return writeOnce(() => orDone(create, open), open, retryMs);
}

/** An existing branch was left by an attempt that failed before opening its pull request, or by a pull request that was closed. */
async function ensureBranch(place: Place, branch: string, sha: string): Promise<string> {
  const { octokit, at, retryMs } = place;
  const there = () => headOf(place, branch);
  const create = async () => (await octokit.rest.git.createRef({ ...at, ref: `refs/heads/${branch}`, sha })).data.object.sha;
  return (await there()) ?? writeOnce(() => orDone(create, there), there, retryMs);
}

async function headOf({ octokit, at }: Place, branch: string): Promise<string | undefined> {
  return (await orNone(octokit.rest.git.getRef({ ...at, ref: `heads/${branch}` })))?.data.object.sha;
}

/** GitHub refuses (422) to create what exists, possibly by a request whose answer was lost. */
async function orDone<T>(write: () => Promise<T>, done: () => Promise<T | undefined>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const there = (error as { status?: unknown }).status === 422 ? await done() : undefined;
    if (there === undefined) throw error;
    return there;
  }
}

interface Written {
  readonly sha: string;
  readonly parent?: string;
  readonly url: string;
}

/** Writes the file if it is the one that was read: GitHub refuses (409) to overwrite another version. */
async function put(
  place: Place,
  change: FileChange,
  { branch, head, blob }: { readonly branch: string; readonly head: string; readonly blob: string },
): Promise<Written> {
  const { octokit, at, retryMs } = place;
  const { path, text, message, author } = change;
  const content = Buffer.from(text).toString('base64');
  const who = { author: { ...author }, committer: { ...author } };
  const done = () => written(place, change, branch);
  const write = async (): Promise<Written> => {
    try {
      const { data } = await octokit.rest.repos.createOrUpdateFileContents({ ...at, path, message, content, sha: blob, branch, ...who });
      // GitHub compares only the file: the branch may have new commits meanwhile, which are then the parents of this one.
      const parent = data.commit.parents?.[0]?.sha;
      return { sha: data.commit.sha, url: data.commit.html_url ?? '', ...(parent && { parent }) };
    } catch (error) {
      if ((error as { status?: unknown }).status !== 409) throw error;
      const there = await done();
      if (there) return there;
      if ((await headOf(place, branch)) === head) throw error;
      throw new UserError(`${quoted(branch)} has moved in the meantime, so nothing was written: try again.`, { cause: error });
    }
  };
  return writeOnce(write, done, retryMs);
}

/**
 * Our commit, if it is on the branch: recognized by its message, which names version and person, and by coming after the parent. Anybody who
 * may push can forge that, so it is not passed on as the bot's own: without its parent, it gets a run like any other.
 */
async function written({ octokit, at }: Place, { parent, message }: FileChange, branch: string): Promise<Written | undefined> {
  const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ ...at, basehead: `${parent}...${branch}`, per_page: 100 });
  const found = data.commits.find(({ commit }) => commit.message.trim() === message.trim());
  return found && { sha: found.sha, url: found.html_url ?? '' };
}
