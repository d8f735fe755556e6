import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SerialByKey } from '../../core/concurrency/serial.ts';
import type { Commit } from '../../core/run/run.ts';
import { commitFormat, readCommit } from './commit-text.ts';
import { type GitCall, type GitCli, GitError, git } from './program/git-cli.ts';
import { mayBeOfFilter } from './program/git-words.ts';
import { watchSize } from './program/size-watch.ts';

/** Where a commit is fetched from, and how git may access it. */
export interface Source extends GitCall {
  readonly address: string;
}

/** Every fetch adds one small pack; a cache that reaches this limit is recreated. */
const mostPacks = 200;
/** Limit for all packs: single commits are small, but a server may send anything. */
const mostBytes = 128 * 1024 ** 2;

/**
 * Bare repositories that contain single commits without their trees. They are only a cache: if anything is wrong with one, it is
 * deleted and recreated.
 */
export class CommitCache {
  readonly #cli: GitCli;
  readonly #folder: string;
  readonly #mostBytes: number;
  readonly #calls = new SerialByKey();

  constructor(cli: GitCli, folder: string, most = mostBytes) {
    this.#cli = cli;
    this.#folder = folder;
    this.#mostBytes = most;
  }

  /**
   * Author, date and subject of a commit. Calls for one repository are serialized (two fetches would conflict on a lock file).
   * @throws GitError of the last attempt
   */
  async commit(source: Source, branch: string, sha: string): Promise<Commit> {
    const cache = join(this.#folder, `${createHash('sha256').update(source.address).digest('hex').slice(0, 32)}-${sha.length}.git`);
    return this.#calls.run(cache, () => this.#commit(cache, source, branch, sha));
  }

  async #commit(cache: string, source: Source, branch: string, sha: string): Promise<Commit> {
    const known = await this.#show(cache, sha).catch(() => undefined);
    if (known) return known;
    try {
      return await this.#fetched(cache, source, branch, sha);
    } catch (error) {
      if (error instanceof GitError && error.killed) await rm(cache, { recursive: true, force: true });
      if (error instanceof GitError && isAboutTheServer(error)) throw error;
      await rm(cache, { recursive: true, force: true });
      return await this.#fetched(cache, source, branch, sha);
    }
  }

  async #fetched(cache: string, source: Source, branch: string, sha: string): Promise<Commit> {
    await this.#make(cache, sha);
    try {
      await this.#fetch(cache, source, ['--depth=1', '--filter=tree:0'], sha).catch((error: unknown) => {
        if (!(error instanceof GitError && mayBeOfFilter(error))) throw error;
        return this.#fetch(cache, source, ['--depth=1'], sha);
      });
    } catch (error) {
      if (!(error instanceof GitError && isAboutTheObject(error))) throw error;
      // The server does not serve single commits; the branch may have moved on slightly meanwhile.
      await this.#fetch(cache, source, ['--depth=50', '--filter=tree:0'], `refs/heads/${branch}`);
    }
    return await this.#show(cache, sha);
  }

  async #make(cache: string, sha: string): Promise<void> {
    const packs = await readdir(join(cache, 'objects', 'pack')).catch(() => []);
    if (packs.filter((name) => name.endsWith('.pack')).length >= mostPacks) await rm(cache, { recursive: true, force: true });
    await git(this.#cli, [
      'init',
      '--quiet',
      '--bare',
      '--template=',
      `--object-format=${sha.length === 64 ? 'sha256' : 'sha1'}`,
      '--',
      cache,
    ]);
  }

  async #fetch(cache: string, source: Source, how: readonly string[], what: string): Promise<void> {
    const less = [...how, '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--no-recurse-submodules'];
    const { signal, end } = watchSize(join(cache, 'objects', 'pack'), this.#mostBytes);
    const fetch = ['fetch', '--quiet', ...less, '--', source.address, what];
    await git(this.#cli, [`--git-dir=${cache}`, ...fetch], { ...source, signal }).finally(end);
  }

  async #show(cache: string, sha: string): Promise<Commit> {
    // Not `git show`: it needs the tree of the commit, even if it shows nothing of it.
    const show = ['rev-list', '--max-count=1', '--no-walk', '--no-commit-header', `--format=${commitFormat}`, '--end-of-options', sha];
    const printed = await git(this.#cli, [`--git-dir=${cache}`, ...show]);
    return readCommit(printed, sha);
  }
}

/** Whether the error comes from the server, or from not reaching it: a new cache would not help. */
function isAboutTheServer({ stderr, message }: GitError): boolean {
  return (
    isAboutTheObject({ stderr }) ||
    /unable to access|Could not read from remote|Authentication failed|could not read (Username|Password)|Could not resolve|does not appear to be a git repository|did not end within|was stopped|not installed/.test(
      stderr + message,
    )
  );
}

function isAboutTheObject({ stderr }: { readonly stderr: string }): boolean {
  return /not our ref|unadvertised object|couldn't find remote ref|bad object/i.test(stderr);
}
