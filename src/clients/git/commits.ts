import type { Commit } from '../../core/run/run.ts';
import { HttpError } from '../http/http-error.ts';
import type { GitLocation } from './check-git-url.ts';
import type { CommitCache } from './commit-cache.ts';
import { commitOf } from './commit-text.ts';
import { RefusedRequest } from './http/exchange.ts';
import { PacketError, TooLarge } from './http/pkt-line.ts';
import { GitError } from './program/git-cli.ts';
import type { Remotes } from './remotes.ts';

/** How many commits are kept in memory: those that are asked for again, such as by the next poll. */
const mostKept = 1_000;

/**
 * Reads single commits: over HTTP by itself, without their trees; otherwise, and from servers that give out none but those of branches,
 * with the git program. A commit that is too large to be read is known by its id alone, and says so.
 */
export class Commits {
  readonly #remotes: Remotes;
  readonly #cache: CommitCache;
  readonly #kept = new Map<string, Promise<Commit>>();

  constructor(remotes: Remotes, cache: CommitCache) {
    this.#remotes = remotes;
    this.#cache = cache;
  }

  /** @throws UserError, HttpError or GitError */
  commit(place: GitLocation, branch: string, sha: string): Promise<Commit> {
    const key = `${nameOf(place)} ${sha}`;
    const kept = this.#kept.get(key) ?? this.#read(place, branch, sha);
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    kept.catch(() => this.#kept.delete(key));
    return kept;
  }

  async #read(place: GitLocation, branch: string, sha: string): Promise<Commit> {
    try {
      const object = place.kind === 'http' ? await this.#overHttp(place.url, sha) : undefined;
      return object ? commitOf(object, sha) : await this.#remotes.use(place, (source) => this.#cache.commit(source, branch, sha));
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      const problem =
        'Its author and message are unknown: the server sends more than a commit can have, because it cannot leave out files.';
      return { sha, problem: `${problem} Set uploadpack.allowFilter to true there.` };
    }
  }

  /** Undefined if only the git program may be able to read it: the server may give out only the heads of branches, or expect a client like git. */
  async #overHttp(url: URL, sha: string): Promise<Buffer | undefined> {
    try {
      return await this.#remotes.commit(url, sha);
    } catch (error) {
      const isOfProtocol = error instanceof HttpError && error.cause instanceof PacketError && !isTooLarge(error);
      if (!isOfProtocol && !(error instanceof RefusedRequest)) throw error;
      return undefined;
    }
  }
}

function nameOf(place: GitLocation): string {
  if (place.kind === 'http') return place.url.href;
  return place.kind === 'ssh' ? place.address : place.path;
}

function isTooLarge(error: unknown): boolean {
  const { cause } = error as { readonly cause?: unknown };
  return cause instanceof TooLarge || (cause instanceof GitError && cause.isTooMuch);
}
