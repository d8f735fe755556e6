/**
 * For how long another thread has made no progress, measured in checks by this one. No clock is read: while the whole process is stopped
 * or the machine is suspended, no checks happen and nothing is counted, and clock changes have no effect.
 */
export class Standstill {
  readonly #everyMs: number;
  #seen: number | undefined;
  #looks = 0;

  /** @param everyMs how often `look` is called */
  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** @param beats a number that increases while the other thread makes progress @returns milliseconds */
  look(beats: number): number {
    this.#looks = beats === this.#seen ? this.#looks + 1 : 0;
    this.#seen = beats;
    return this.#looks * this.#everyMs;
  }

  get ms(): number {
    return this.#looks * this.#everyMs;
  }
}
