export const lookEveryMs = 60_000;

/** A look at what a run would release. */
interface Look {
  /** In ms since the epoch. */
  readonly at: number;
  readonly said: readonly string[];
}

export interface LookDeps {
  readonly now: () => Date;
  readonly log: (message: string) => void;
}

/** Looks at each run at most once a minute. Kept in memory only: after a start every run is looked at. */
export class OnceAMinute {
  readonly #looks = new Map<string, Look>();

  /**
   * Looks at a run unless that was done within the last minute, however often it is called. What was logged at the look before is not logged again.
   * @param since when it was looked at in another way, in ms since the epoch
   * @returns milliseconds until the next look
   */
  async look({ now: clock, log }: LookDeps, id: string, since: number, look: (log: LookDeps['log']) => Promise<void>): Promise<number> {
    const before = this.#looks.get(id);
    const now = clock().getTime();
    const wait = Math.max(since, before?.at ?? 0) + lookEveryMs - now;
    // A clock that was set back is no reason to wait longer.
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
