import { isForGood } from '../errors.ts';
import { machineTime, monotonic } from './clock.ts';

const mostAskedForMs = 3_600_000;

export interface BackoffOptions {
  /** Milliseconds to wait after the first failure; each further one doubles them … */
  readonly firstMs: number;
  /** … up to so many, */
  readonly mostMs: number;
  /** or up to so many where only a person can help. `mostMs` where not given. */
  readonly forGoodMs?: number;
  /** The share of each wait that chance may take off, so that many do not come back at the same moment. A quarter where not given. */
  readonly jitter?: number;
}

/** When to ask again what has failed: each failure doubles the wait, and whoever was asked may want a longer one. */
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

  /** Milliseconds until it is of use to ask; 0: now. */
  get left(): number {
    return Math.max(0, this.#until - monotonic());
  }

  /** The end of the wait, in ms of the monotonic clock; 0: there is none. */
  get until(): number {
    return this.#until;
  }

  /** The other side wants the wait to be as long as it is: asking before its end is of no use, whatever is new. */
  get isAskedFor(): boolean {
    return this.#isAskedFor;
  }

  /**
   * Counts a failure and gives the milliseconds to wait.
   * @param fixedMs the wait, where the caller knows it
   */
  failed(error?: unknown, fixedMs?: number): number {
    const { firstMs, mostMs, forGoodMs = mostMs, jitter = 0.25 } = this.#options;
    const most = error !== undefined && isForGood(error) ? forGoodMs : mostMs;
    // 2 ** 16 times any first wait is more than any longest one.
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

/** How long the other side wants us to wait, in ms, an hour at most; 0 where it does not say. */
function waitAskedFor(error: unknown): number {
  const until = (error as { readonly retryAt?: Date } | undefined)?.retryAt;
  // And one more: a timer may come a millisecond early.
  return until instanceof Date ? Math.min(mostAskedForMs, Math.max(0, until.getTime() - machineTime().getTime() + 1)) : 0;
}
