export const lookEveryMs = 60_000;

/** A check of what a run would release. */
interface Look {
  /** In ms since the epoch. */
  readonly at: number;
  readonly said: readonly string[];
}

export interface LookDeps {
  readonly now: () => Date;
  readonly log: (message: string) => void;
}

/** Checks each run at most once a minute. Kept in memory only: after a restart every run is checked. */
export class OnceAMinute {
  readonly #looks = new Map<string, Look>();

  /**
   * Checks a run unless that was done within the last minute. Messages that the previous check logged are not logged again.
   * @param since when it was checked by other means, in ms since the epoch
   * @returns milliseconds until the next check
   */
  async look({ now: clock, log }: LookDeps, id: string, since: number, look: (log: LookDeps['log']) => Promise<void>): Promise<number> {
    const before = this.#looks.get(id);
    const now = clock().getTime();
    const wait = Math.max(since, before?.at ?? 0) + lookEveryMs - now;
    // A clock that was set back must not prolong the wait.
    if (wait > 0 && wait <= lookEveryMs) return wait;
    const said: string[] = [];
    this.#looks.set(id, { at: now, said });
    for (const [other, { at }] of this.#looks) if (Math.abs(now - at) > 10 * lookEveryMs) this.#looks.delete(other);
    await look((message) => {
      said.push(message);
      if (!before?.said.includes(message)) log(message);
    });
    return lookEveryMs;
  }
}
