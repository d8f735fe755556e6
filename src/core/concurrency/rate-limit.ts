import { monotonic } from '../time/clock.ts';

const minute = 60_000;

/** Counts each user's requests within a minute. */
export class PerMinute {
  readonly #most: number;
  readonly #now: () => number;
  /** Timestamps by user; users without a request in the last minute are forgotten. */
  readonly #times = new Map<string, readonly number[]>();

  /** @param now milliseconds on a monotonic clock */
  constructor(most: number, now = monotonic) {
    this.#most = most;
    this.#now = now;
  }

  /** Milliseconds until one more is allowed; 0: it is now. */
  wait(user: string): number {
    const times = this.#lately(user);
    const [first] = times;
    return first === undefined || times.length < this.#most ? 0 : first + minute - this.#now();
  }

  add(user: string): void {
    for (const [other, times] of this.#times) if (this.#now() - (times.at(-1) ?? 0) >= minute) this.#times.delete(other);
    this.#times.set(user, [...this.#lately(user), this.#now()]);
  }

  #lately(user: string): readonly number[] {
    return (this.#times.get(user) ?? []).filter((at) => this.#now() - at < minute);
  }
}

/** A time to wait, in words. */
export function seconds(ms: number): string {
  return `${Math.max(1, Math.ceil(ms / 1000))} s`;
}
