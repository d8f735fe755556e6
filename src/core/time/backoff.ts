import { isForGood } from '../errors.ts';
import { machineTime, monotonic } from './clock.ts';

const mostAskedForMs = 3_600_000;

export interface BackoffOptions {
  /** Milliseconds to wait after the first failure; each further one doubles them … */
  readonly firstMs: number;
  /** … up to this many, */
  readonly mostMs: number;
  /** or up to this many if only a person can help. Defaults to `mostMs`. */
  readonly forGoodMs?: number;
  /** The largest share of each wait that random jitter may subtract, so that clients do not all retry at once. Defaults to a quarter. */
  readonly jitter?: number;
}

/** When to retry what has failed: each failure doubles the wait, and the other side may ask for a longer one. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;
  #until = 0;
  #isAskedFor = false;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  get failures(): number {
    return this.#failures;
  }

  /** Milliseconds until a retry makes sense; 0: now. */
  get left(): number {
    return Math.max(0, this.#until - monotonic());
  }

  /** The end of the wait, in ms on the monotonic clock; 0: there is none. */
  get until(): number {
    return this.#until;
  }

  /** The other side asked for a wait this long: retrying before its end is pointless, whatever else happens. */
  get isAskedFor(): boolean {
    return this.#isAskedFor;
  }

  /**
   * Counts a failure and returns the milliseconds to wait.
   * @param fixedMs the wait, if the caller knows it
   */
  failed(error?: unknown, fixedMs?: number): number {
    const { firstMs, mostMs, forGoodMs = mostMs, jitter = 0.25 } = this.#options;
    const most = error !== undefined && isForGood(error) ? forGoodMs : mostMs;
    // 2 ** 16 times any first wait exceeds any maximum.
    const delay = fixedMs ?? Math.min(most, firstMs * 2 ** Math.min(this.#failures, 16)) * (1 - jitter * Math.random());
    const asked = waitAskedFor(error);
    this.#failures += 1;
    this.#isAskedFor = asked > delay;
    const wait = Math.max(delay, asked);
    this.#until = monotonic() + wait;
    return wait;
  }

  wentWell(): void {
    this.#failures = 0;
    this.#until = 0;
    this.#isAskedFor = false;
  }
}

/** How long the other side asks us to wait, in ms, at most an hour; 0 if it does not say. */
function waitAskedFor(error: unknown): number {
  const until = (error as { readonly retryAt?: Date } | undefined)?.retryAt;
  // Plus one: a timer may fire a millisecond early.
  return until instanceof Date ? Math.min(mostAskedForMs, Math.max(0, until.getTime() - machineTime().getTime() + 1)) : 0;
}
