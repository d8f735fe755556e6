import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from '../commit-cache.ts';
import { type GitCli, GitError, git } from './git-cli.ts';
import { mayBeOfFilter } from './git-words.ts';
import { watchSize } from './size-watch.ts';

/** One commit with its trees but without its files, in a bare repository that is deleted after use. */
export interface WorkCopy {
  readonly sha: string;
  /** Runs git in it, without network access. */
  run(args: readonly string[]): Promise<string>;
  /** Fetches a file by its object id. */
  fetchFile(oid: string): Promise<void>;
  push(refspec: string, ...options: string[]): Promise<void>;
  /** The commit that a branch is at there now; undefined if there is no such branch. */
  headOf(branch: string): Promise<string | undefined>;
  readonly folder: string;
}

/** Limit for everything fetched in one use: a server may send anything. */
const mostBytes = 256 * 1024 ** 2;
/** A hook of the server may take its time, in silence. */
const pushMs = 300_000;
const patiently = ['-c', 'http.lowSpeedLimit=0', '-c', 'http.lowSpeedTime=0'];
const quietly = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--no-recurse-submodules'];

/** A commit of a branch. */
export interface CommitTarget {
  readonly source: Source;
  readonly branch: string;
  readonly sha: string;
}

/**
 * Fetches a commit of a remote and passes it to `use`.
 * @throws GitError if it cannot be fetched, and what `use` throws
 */
export async function withCommit<T>(cli: GitCli, place: CommitTarget, use: (copy: WorkCopy) => Promise<T>): Promise<T> {
  const fetched: GitError[] = [];
  const only = (how: readonly string[], what: string) => used(cli, place, { how, what, failed: (error) => fetched.push(error) }, use);
  const isOfFetch = (error: unknown) => error instanceof GitError && fetched.includes(error);
  return await only(['--filter=blob:none', '--depth=1'], place.sha)
    .catch((error: unknown) => {
      if (!(isOfFetch(error) && mayBeOfFilter(error as GitError))) throw error;
      return only(['--depth=1'], place.sha);
    })
    .catch((error: unknown) => {
      if (!(isOfFetch(error) && /not our ref|unadvertised object/i.test((error as GitError).stderr))) throw error;
      // The server does not serve single objects, so all are fetched; the branch may have moved on slightly meanwhile.
      return only(['--depth=50'], `refs/heads/${place.branch}`);
    });
}

/** What is fetched before a commit is used; failures to fetch are told from those of a push, which is not repeated. */
interface Fetch {
  readonly how: readonly string[];
  readonly what: string;
  failed(error: GitError): void;
}

async function used<T>(
  cli: GitCli,
  { source, sha }: CommitTarget,
  { how, what, failed }: Fetch,
  use: (copy: WorkCopy) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(cli.home, 'work-'));
  const run = (args: readonly string[]) => git(cli, [`--git-dir=${folder}`, ...args]);
  const reach = async (args: readonly string[], timeoutMs?: number) => {
    const { signal, end } = watchSize(join(folder, 'objects', 'pack'), mostBytes);
    const call = { ...source, signal, ...(timeoutMs !== undefined && { timeoutMs }) };
    return await git(cli, [`--git-dir=${folder}`, ...args], call).finally(end);
  };
  const bring = async (object: string, options: readonly string[]) => {
    await reach(['fetch', ...options, ...quietly, '--', source.address, object]).catch((error: unknown) => {
      if (error instanceof GitError) failed(error);
      throw error;
    });
  };
  const push = async (refspec: string, ...options: string[]) => {
    await reach([...patiently, 'push', '--quiet', ...options, '--', source.address, refspec], pushMs);
  };
  const headOf = async (name: string) => {
    const ref = `refs/heads/${name}`;
    const lines = (await reach(['ls-remote', '--heads', '--quiet', '--', source.address, ref], 30_000)).split('\n');
    return lines.map((line) => line.split('\t')).find(([, found]) => found === ref)?.[0];
  };
  try {
    await git(cli, ['init', '--quiet', '--bare', '--template=', `--object-format=${sha.length === 64 ? 'sha256' : 'sha1'}`, '--', folder]);
    // Whatever is fetched becomes a pack, however small, so that its size can be watched.
    await run(['config', 'fetch.unpackLimit', '1']);
    await bring(what, how);
    return await use({ sha, folder, run, push, headOf, fetchFile: (oid) => bring(oid, ['--filter=blob:none']) });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
