import { inLane } from '../core/concurrency/lane.ts';
import { messageOf } from '../core/errors.ts';
import type { Again } from '../core/run/steps.ts';
import { Backoff } from '../core/time/backoff.ts';
import { monotonic } from '../core/time/clock.ts';

// What is refused for good is seldom asked again: only a person changes that, and news of the run come by themselves.
const waits = { firstMs: 1_000, mostMs: 15_000, forGoodMs: 3_600_000 };

interface Item {
  working: boolean;
  again: boolean;
  readonly backoff: Backoff;
  timer?: NodeJS.Timeout;
  timerAt?: number;
}

export interface WorkQueueOptions {
  /** Does what a run needs at present; gives when to look again. */
  readonly reconcile: (runId: string) => Promise<Again>;
  readonly log: (message: string) => void;
  /** Reconciling failed on something outside (undefined: it went well again). */
  readonly trouble: (runId: string, message: string | undefined) => Promise<void>;
}

/** Reconciles runs: never the same one twice at once, again whenever there is news, and again after a failure. */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #items = new Map<string, Item>();
  /** Runs that were reconciled without an error in this process: what troubled others before it is over. */
  readonly #well = new Set<string>();
  #stopped = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /** Reconcile this run, now or within so many milliseconds; however often it is enqueued meanwhile, it is done once. */
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
      // Whoever has said it: from here on the run goes its own way.
      const next = await inLane('bot', () => this.#options.reconcile(runId));
      if (item.backoff.failures > 0 || !this.#well.has(runId)) await this.#options.trouble(runId, undefined);
      this.#well.add(runId);
      item.backoff.wentWell();
      return next;
    } catch (error) {
      const wait = item.backoff.failed(error);
      this.#options.log(`${runId}: ${messageOf(error)}; retrying in ${Math.round(wait / 100) / 10} s`);
      // One failure is not worth a line in chat, unless a wait follows that people notice.
      if (item.backoff.failures === 2 || item.backoff.isAskedFor)
        await this.#options.trouble(runId, messageOf(error)).catch(() => undefined);
      return wait;
    }
  }
}
