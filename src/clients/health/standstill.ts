/**
 * For how long another thread has not moved, counted in looks of this one. Time itself is not asked: while the whole process is stopped, or the
 * machine sleeps, or a clock is set, nobody looks, and nothing is counted.
 */
export class Standstill {
  readonly #everyMs: number;
  #seen: number | undefined;
  #looks = 0;

  /** @param everyMs how often `look` is called */
  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** @param beats a number that grows while the other thread moves @returns milliseconds */
  look(beats: number): number {
    this.#looks = beats === this.#seen ? this.#looks + 1 : 0;
    this.#seen = beats;
    return this.#looks * this.#everyMs;
  }

  get ms(): number {
    return this.#looks * this.#everyMs;
  }
}
