import { now } from './monotonic.ts';

const firstMs = 5_000;
const mostMs = 600_000;
const mostAskedForMs = 3_600_000;

/** When to ask again what has failed: each failure doubles the wait, and whoever was asked may want a longer one. */
export class Backoff {
  #failures = 0;
  #until = 0;

  get failures(): number {
    return this.#failures;
  }

  /** Milliseconds until it is of use to ask; 0: now. */
  get left(): number {
    return Math.max(0, this.#until - now());
  }

  /** Gives the milliseconds to wait. Three quarters to the whole of a doubling delay, so that many do not come back at the same moment. */
  failed(error: unknown): number {
    const delay = Math.min(mostMs, firstMs * 2 ** Math.min(this.#failures, 16)) * (0.75 + Math.random() / 4);
    this.#failures += 1;
    const wait = Math.max(delay, waitAskedFor(error));
    this.#until = now() + wait;
    return wait;
  }

  wentWell(): void {
    this.#failures = 0;
    this.#until = 0;
  }
}

/** How long the other side wants us to wait, in ms, an hour at most; 0 where it does not say. */
export function waitAskedFor(error: unknown): number {
  const until = (error as { readonly retryAt?: Date } | undefined)?.retryAt;
  // And one more: a timer may come a millisecond early.
  return until instanceof Date ? Math.min(mostAskedForMs, Math.max(0, until.getTime() - Date.now() + 1)) : 0;
}
