import type { Run } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import { Backoff, type BackoffOptions } from '../../core/time/backoff.ts';
import type { UnknownVersion } from './version-state.ts';

export interface HoldDeps {
  readonly book: RunBook;
  readonly log: (message: string) => void;
}

/** An answer may end its wait at any time: it is asked for often, and for a refusal as often. */
const waits = { firstMs: 2_000, mostMs: 60_000 };

/** When what holds releases is asked for again. Kept in memory only: after a restart it is asked for at once. */
export class Holds {
  readonly #backoffs = new Map<string, Backoff>();
  readonly #waits: BackoffOptions;

  constructor(options: BackoffOptions = waits) {
    this.#waits = options;
  }

  /** Milliseconds until it may be asked for again: a run is also reconciled for other reasons, such as the change that says why it is held. */
  left(key: string): number {
    return this.#backoffs.get(key)?.left ?? 0;
  }

  /** Counts an answer that could not be told. Returns when to ask again. */
  failed(key: string, error: unknown): number {
    const backoff = this.#backoffs.get(key) ?? new Backoff(this.#waits);
    this.#backoffs.set(key, backoff);
    return Math.max(1, backoff.failed(error));
  }

  over(key: string): void {
    this.#backoffs.delete(key);
  }
}

/** Holds a release until it is known whether its version is free: records why. Returns when to ask again. */
export async function holdRelease(deps: HoldDeps & { readonly holds: Holds }, run: Run, found: UnknownVersion): Promise<number> {
  const again = deps.holds.failed(run.id, found.error);
  if (await noteDoubt(deps, run, found)) deps.log(`${run.id} is on hold: ${found.why}`);
  return again;
}

/** Records what is not known, undefined: nothing. False if that was recorded before. */
export async function noteDoubt(
  { book }: Pick<HoldDeps, 'book'>,
  { id }: Run,
  { why, error }: Partial<UnknownVersion> = {},
): Promise<boolean> {
  const isSame = (before: string | undefined) => before === why || (before !== undefined && why !== undefined && hasAskedToWait(error));
  if (isSame(book.get(id)?.release?.doubt)) return false;
  await book.change(id, (now) => {
    if (!now.release || isSame(now.release.doubt)) return now;
    const { doubt: _past, ...release } = now.release;
    return { ...now, release: { ...release, ...(why !== undefined && { doubt: why }) } };
  });
  return true;
}

/** Its sentence counts down the seconds: it would be a change each time. */
function hasAskedToWait(error: unknown): boolean {
  return (error as { readonly retryAt?: Date } | undefined)?.retryAt !== undefined;
}
