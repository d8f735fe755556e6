import { AsyncLocalStorage } from 'node:async_hooks';
import { monotonic } from '../time/clock.ts';

/** How old an answer may be: requested within the current decision, or cached some minutes ago. */
export type Age = 'fresh' | 'remembered';

export interface Memory {
  /** Milliseconds for which an answer requested by a decision is reused within it. */
  readonly fresh: number;
  /** Milliseconds for which an answer is reused if a cached one will do. */
  readonly remembered: number;
  /** … and for which it is still used if no new one can be obtained. */
  readonly atMost: number;
  /** Maximum number of cached answers; the oldest is evicted first. */
  readonly most: number;
}

interface Answer<T> {
  /** When it was requested. */
  readonly asked: number;
  /** Its position in the sequence of all requests and decisions. */
  readonly order: number;
  readonly value: Promise<T>;
  /** When the last refresh failed. */
  readonly failed?: number;
}

/** Milliseconds after a failed refresh during which the cached answer is used without another attempt. */
const patience = 30_000;

let last = 0;
const decisions = new AsyncLocalStorage<number>();

/** One decision: a fresh answer in it is requested after the decision began, and only once for all of it. */
export function inDecision<T>(work: () => T): T {
  return decisions.run(++last, work);
}

/**
 * Caches answers by key. Callers that ask while a request is in progress share its answer; those that need a fresher answer than that
 * share the next request.
 * The returned function rejects if a fresh answer is required and cannot be obtained: an old answer proves nothing.
 * @param now milliseconds on a monotonic clock: an old answer must not become a young one
 */
export function remembering<T>(ask: (key: string) => Promise<T>, memory: Memory, now = monotonic) {
  const answers = new CacheEntry(ask, memory, now);
  return (key: string, age: Age): Promise<T> => (age === 'fresh' ? answers.fresh(key) : answers.remembered(key));
}

class CacheEntry<T> {
  readonly #ask: (key: string) => Promise<T>;
  readonly #memory: Memory;
  readonly #now: () => number;
  readonly #known = new Map<string, Answer<T>>();
  readonly #underWay = new Map<string, Answer<T>>();
  /** Requests to be made when the current one has been answered. */
  readonly #next = new Map<string, Promise<T>>();

  constructor(ask: (key: string) => Promise<T>, memory: Memory, now: () => number) {
    this.#ask = ask;
    this.#memory = memory;
    this.#now = now;
  }

  fresh(key: string): Promise<T> {
    const decided = decisions.getStore() ?? ++last;
    const [known, open] = [this.#known.get(key), this.#underWay.get(key)];
    const found = [known, open].find((one) => one && one.order > decided && this.#since(one.asked) < this.#memory.fresh);
    if (found) return found.value;
    if (!open || this.#since(open.asked) >= this.#memory.fresh) return this.#begin(key);
    const next = this.#next.get(key) ?? this.#after(open, key);
    this.#next.set(key, next);
    return next;
  }

  remembered(key: string): Promise<T> {
    const { remembered, atMost } = this.#memory;
    const known = this.#known.get(key);
    const asked = () => this.#underWay.get(key)?.value ?? this.#begin(key);
    if (!known || this.#since(known.asked) >= atMost) return asked();
    if (this.#since(known.asked) < remembered || (known.failed !== undefined && this.#since(known.failed) < patience)) return known.value;
    return asked().catch(() => known.value);
  }

  #begin(key: string): Promise<T> {
    const answer: Answer<T> = { asked: this.#now(), order: ++last, value: this.#ask(key) };
    this.#underWay.set(key, answer);
    const failed = () => {
      const known = this.#known.get(key);
      if (known) this.#known.set(key, { ...known, failed: this.#now() });
    };
    const end = () => void (this.#underWay.get(key) === answer && this.#underWay.delete(key));
    answer.value.then(() => this.#keep(key, answer), failed).finally(end);
    return answer.value;
  }

  async #after(open: Answer<T>, key: string): Promise<T> {
    await open.value.catch(() => undefined);
    this.#next.delete(key);
    return this.#begin(key);
  }

  #keep(key: string, answer: Answer<T>): void {
    // An older request may be answered later.
    if ((this.#known.get(key)?.order ?? 0) > answer.order) return;
    this.#known.delete(key);
    this.#known.set(key, answer);
    const [oldest] = this.#known.keys();
    if (this.#known.size > this.#memory.most && oldest !== undefined) this.#known.delete(oldest);
  }

  #since(time: number): number {
    return Math.abs(this.#now() - time);
  }
}
