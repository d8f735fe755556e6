import { inLane } from '../core/concurrency/lane.ts';
import { loggedMessage, messageOf } from '../core/errors.ts';
import type { Again } from '../core/run/steps.ts';
import { Backoff } from '../core/time/backoff.ts';
import { monotonic } from '../core/time/clock.ts';

// Permanent refusals are retried rarely: only a person can change them, and events of the run trigger reconciliation anyway.
const waits = { firstMs: 1_000, mostMs: 15_000, forGoodMs: 3_600_000 };

interface Item {
  working: boolean;
  again: boolean;
  readonly backoff: Backoff;
  timer?: NodeJS.Timeout;
  timerAt?: number;
}

export interface WorkQueueOptions {
  /** Does what the run needs now; returns when to check again. */
  readonly reconcile: (runId: string) => Promise<Again>;
  readonly log: (message: string) => void;
  /** Reconciling failed because of something external (undefined: it succeeds again). */
  readonly trouble: (runId: string, message: string | undefined) => Promise<void>;
}

/** Reconciles runs: never the same one concurrently, again on every event, and again after a failure. */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #items = new Map<string, Item>();
  /** Runs that this process has reconciled without an error: any other may still carry an error from before the start. */
  readonly #well = new Set<string>();
  #stopped = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /** Reconciles this run, now or within the given number of milliseconds; it is done once, however often it is enqueued meanwhile. */
  enqueue(runId: string, withinMs = 0): void {
    if (this.#stopped) return;
    const item = this.#items.get(runId) ?? { working: false, again: false, backoff: new Backoff(waits) };
    this.#items.set(runId, item);
    if (item.working && withinMs === 0) item.again = true;
    else this.#wakeAt(runId, item, monotonic() + withinMs);
  }

  stop(): void {
    this.#stopped = true;
    for (const item of this.#items.values()) clearTimeout(item.timer);
  }

  #wakeAt(runId: string, item: Item, wanted: number): void {
    const at = Math.max(wanted, item.backoff.isAskedFor ? item.backoff.until : 0);
    if (item.timer && item.timerAt !== undefined && item.timerAt <= at) return;
    clearTimeout(item.timer);
    item.timerAt = at;
    item.timer = setTimeout(
      () => {
        delete item.timer;
        delete item.timerAt;
        if (item.working) item.again = true;
        else void this.#work(runId, item);
      },
      Math.max(0, at - monotonic()),
    );
  }

  async #work(runId: string, item: Item): Promise<void> {
    item.working = true;
    do {
      item.again = false;
      const next = await this.#try(runId, item);
      if (next !== undefined && !this.#stopped) this.#wakeAt(runId, item, monotonic() + next);
    } while (item.again && !this.#stopped && !item.backoff.isAskedFor);
    item.working = false;
    if (!item.timer) this.#items.delete(runId);
  }

  async #try(runId: string, item: Item): Promise<number | undefined> {
    try {
      // Whoever triggered it: from here on the run proceeds in the bot's own lane.
      const next = await inLane('bot', () => this.#options.reconcile(runId));
      if (item.backoff.failures > 0 || !this.#well.has(runId)) await this.#options.trouble(runId, undefined);
      this.#well.add(runId);
      item.backoff.wentWell();
      return next;
    } catch (error) {
      const wait = item.backoff.failed(error);
      this.#options.log(`${runId}: ${loggedMessage(error)}; retrying in ${Math.round(wait / 100) / 10} s`);
      // A single failure is not worth a line in chat, unless a noticeable wait follows.
      if (item.backoff.failures === 2 || item.backoff.isAskedFor)
        await this.#options.trouble(runId, messageOf(error)).catch(() => undefined);
      return wait;
    }
  }
}
