import type { PollStatus } from '../../core/command/command.ts';
import { loggedMessage, messageOf } from '../../core/errors.ts';
import { Backoff } from '../../core/time/backoff.ts';

/** How the last poll of each repository went, and when the next one is due. */
export class PollResults {
  readonly #log: (message: string) => void;
  readonly #backoffs = new Map<string, Backoff>();
  readonly #last = new Map<string, NonNullable<PollStatus['lastPoll']>>();

  constructor(log: (message: string) => void) {
    this.#log = log;
  }

  last(name: string): PollStatus['lastPoll'] {
    return this.#last.get(name);
  }

  isDue(name: string): boolean {
    return this.#backoff(name).left === 0;
  }

  forget(name: string): void {
    this.#last.delete(name);
  }

  wentWell(name: string, at: string): void {
    const before = this.#last.get(name);
    this.#backoff(name).wentWell();
    this.#last.set(name, { at });
    if (before?.error) this.#log(`poll of ${name}: working again; it had been failing since ${before.at}`);
  }

  /** The first of several failures is logged. Returns since when polls have failed. */
  failed(name: string, at: string, error: unknown): string {
    const before = this.#last.get(name);
    const wait = this.#backoff(name).failed(error);
    const since = before?.error ? before.at : at;
    this.#last.set(name, { at: since, error: messageOf(error) });
    if (!before?.error)
      this.#log(`poll of ${name}: ${loggedMessage(error)}; retrying in ${Math.ceil(wait / 1000)} s, then less and less often`);
    return since;
  }

  #backoff(name: string): Backoff {
    const known = this.#backoffs.get(name) ?? new Backoff({ firstMs: 5_000, mostMs: 600_000 });
    this.#backoffs.set(name, known);
    return known;
  }
}
