import { inLane } from '../core/concurrency/lane.ts';
import { isForGood, messageOf } from '../core/errors.ts';
import { waitAskedFor } from '../core/time/backoff.ts';
import { now } from '../core/time/monotonic.ts';

const mostForGood = 3_600_000;

/** One look at a run; gives the milliseconds after which to look again though nothing was heard, if any. */
export type Step = (runId: string) => Promise<number | undefined>;

interface Item {
  working: boolean;
  again: boolean;
  failures: number;
  /** Before this looking is of no use: who was asked has said so. */
  notBefore?: number;
  timer?: NodeJS.Timeout;
  timerAt?: number;
}

export interface WorkQueueOptions {
  readonly step: Step;
  readonly log: (message: string) => void;
  /** A step failed on something outside (undefined: it went well again). */
  readonly trouble: (runId: string, message: string | undefined) => Promise<void>;
}

/** Looks at every run one step after another, never at the same run twice at once, again whenever there is news, and again after a failure. */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #items = new Map<string, Item>();
  /** Runs of which a step went well in this process: what troubled others before it is over. */
  readonly #well = new Set<string>();
  #stopped = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /** Look at this run, now or within so many milliseconds; many nudges become one look. */
  enqueue(runId: string, withinMs = 0): void {
    if (this.#stopped) return;
    const desk = this.#items.get(runId) ?? { working: false, again: false, failures: 0 };
    this.#items.set(runId, desk);
    if (desk.working && withinMs === 0) desk.again = true;
    else this.#wakeAt(runId, desk, now() + withinMs);
  }

  stop(): void {
    this.#stopped = true;
    for (const desk of this.#items.values()) clearTimeout(desk.timer);
  }

  #wakeAt(runId: string, desk: Item, wanted: number): void {
    const at = Math.max(wanted, desk.notBefore ?? 0);
    if (desk.timer && desk.timerAt !== undefined && desk.timerAt <= at) return;
    clearTimeout(desk.timer);
    desk.timerAt = at;
    desk.timer = setTimeout(
      () => {
        delete desk.timer;
        delete desk.timerAt;
        if (desk.working) desk.again = true;
        else void this.#work(runId, desk);
      },
      Math.max(0, at - now()),
    );
  }

  async #work(runId: string, desk: Item): Promise<void> {
    desk.working = true;
    do {
      desk.again = false;
      const next = await this.#try(runId, desk);
      if (next !== undefined && !this.#stopped) this.#wakeAt(runId, desk, now() + next);
    } while (desk.again && !this.#stopped && !desk.notBefore);
    desk.working = false;
    if (!desk.timer) this.#items.delete(runId);
  }

  async #try(runId: string, desk: Item): Promise<number | undefined> {
    delete desk.notBefore;
    try {
      // Whoever has said it: from here on the run goes its own way.
      const next = await inLane('bot', () => this.#options.step(runId));
      if (desk.failures > 0 || !this.#well.has(runId)) await this.#options.trouble(runId, undefined);
      this.#well.add(runId);
      desk.failures = 0;
      return next;
    } catch (error) {
      desk.failures += 1;
      // What is refused for good is seldom asked again: only a person changes that, and news of the run come by themselves.
      const most = isForGood(error) ? mostForGood : 15_000;
      const pause = Math.min(most, 500 * 2 ** Math.min(desk.failures, 13)) * (0.75 + Math.random() / 4);
      const wait = Math.max(pause, waitAskedFor(error));
      if (wait > pause) desk.notBefore = now() + wait;
      this.#options.log(`${runId}: ${messageOf(error)}; tries again in ${Math.round(wait / 100) / 10} s`);
      // One failure is not worth a line in chat, unless a wait follows that people notice.
      if (desk.failures === 2 || wait > pause) await this.#options.trouble(runId, messageOf(error)).catch(() => undefined);
      return wait;
    }
  }
}
