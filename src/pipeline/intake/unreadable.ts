import { isForGood } from '../../core/errors.ts';
import type { NewHead } from './new-commits.ts';

/** After so many polls in which the server refuses to give out a commit, its run starts without. */
const mostRefusals = 3;

/** The heads of branches whose commit could not be read. */
export class UnreadableHeads {
  readonly #heads = new Map<string, { readonly sha: string; readonly refusals: number }>();

  has(repository: string, branch: string): boolean {
    return this.#heads.has(`${repository} ${branch}`);
  }

  read(repository: string, branch: string): void {
    this.#heads.delete(`${repository} ${branch}`);
  }

  /** Counts a failure. Whether asking again is pointless. */
  failed(repository: string, { branch, sha }: NewHead, error: unknown): boolean {
    const key = `${repository} ${branch}`;
    const before = this.#heads.get(key);
    const refusals = (before?.sha === sha ? before.refusals : 0) + (isForGood(error) ? 1 : 0);
    this.#heads.set(key, { sha, refusals });
    return refusals >= mostRefusals;
  }
}
