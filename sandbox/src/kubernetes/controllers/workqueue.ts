/** A controller's queue: a key waits once however often it is added, one is worked on at a time, a failed one comes again. */

const longestTimer = 2 ** 31 - 1;
const retryAfter = 500;

export class WorkQueue {
  readonly #work: (key: string) => void | Promise<void>;
  readonly #log: (line: string) => void;
  readonly #waiting = new Set<string>();
  readonly #timers = new Map<string, { due: number; timer: NodeJS.Timeout }>();
  #busy = false;
  #closed = false;

  constructor(work: (key: string) => void | Promise<void>, log: (line: string) => void) {
    this.#work = work;
    this.#log = log;
  }

  add(key: string): void {
    if (this.#closed) return;
    this.#waiting.add(key);
    if (this.#busy) return;
    this.#busy = true;
    // Later, never now: the change that adds a key must be told to everyone before a controller answers it.
    queueMicrotask(() => void this.#drain());
  }

  /** Adds `key` in `milliseconds`; the earliest of several waits for the same key counts. */
  addAfter(key: string, milliseconds: number): void {
    const due = Date.now() + milliseconds;
    const known = this.#timers.get(key);
    if (this.#closed || (known && known.due <= due)) return;
    clearTimeout(known?.timer);
    const fire = (): void => {
      this.#timers.delete(key);
      this.add(key);
    };
    this.#timers.set(key, { due, timer: setTimeout(fire, Math.min(Math.max(milliseconds, 0), longestTimer)) });
  }

  close(): void {
    this.#closed = true;
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#waiting.clear();
  }

  async #drain(): Promise<void> {
    for (const key of this.#waiting) {
      this.#waiting.delete(key);
      try {
        await this.#work(key);
      } catch (error) {
        this.#log(`controller: ${key}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
        this.addAfter(key, retryAfter);
      }
    }
    this.#busy = false;
  }
}
