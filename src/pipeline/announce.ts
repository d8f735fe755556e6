import { MaybeSent, MessageGone, type Posted, RateLimited } from '../core/chat.ts';
import { messageOf } from '../core/errors.ts';
import type { Delivery, Run, ThreadPost } from '../core/run.ts';
import type { RunBook } from '../core/run-book.ts';
import { type Duty, dutiesOf, nextDuty } from './duties.ts';
import { Pace } from './pace.ts';

/** The little of chat that announcing needs. The errors that it may throw are those of `core/chat`. */
export interface Board {
  post(run: Run): Promise<Posted>;
  update(run: Run, at: Posted): Promise<void>;
  /** Our message of this run, where it is there already. */
  find(run: Run): Promise<Posted | undefined>;
  reply(run: Run, at: Posted, item: ThreadPost, log?: { name: string; text: string }): Promise<void>;
  hasReply(run: Run, at: Posted, item: ThreadPost): Promise<boolean>;
}

export interface AnnouncerOptions {
  readonly book: RunBook;
  readonly board: Board;
  /** The whole kept log of a stage, for a file in the thread. */
  readonly logText: (run: Run, stage: string) => Promise<{ name: string; text: string } | undefined>;
  readonly log: (message: string) => void;
}

/** A post that may have landed shows up in the history a moment later. */
const landingMs = 2_000;

/** The only sender of what runs show: one call at a time, within Slack's budgets, each thing once. */
export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #pace = new Pace(Date.now());
  readonly #shownAt = new Map<string, number>();
  /** Posts of which it is not known whether they landed, and since when. After a start these are all that were only intended. */
  readonly #maybe = new Map<string, number>();
  readonly #troubles = new Map<string, { count: number; until: number }>();
  #timer: NodeJS.Timeout | undefined;
  #wakesAt = Number.POSITIVE_INFINITY;
  #working: Promise<void> | undefined;
  #stopped = false;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    for (const run of options.book.all()) {
      if (run.delivery.message?.state === 'intended') this.#maybe.set(`${run.id} message`, 0);
      for (const item of run.delivery.thread) if (item.state === 'intended') this.#maybe.set(`${run.id} ${item.key}`, 0);
    }
    options.book.onChange(() => this.wake());
  }

  /** Look for what is owed, within so many milliseconds. */
  wake(inMs = 0): void {
    if (this.#stopped || Date.now() + inMs >= this.#wakesAt) return;
    clearTimeout(this.#timer);
    this.#wakesAt = Date.now() + inMs;
    this.#timer = setTimeout(() => {
      this.#wakesAt = Number.POSITIVE_INFINITY;
      this.#working ??= this.#work().finally(() => {
        this.#working = undefined;
      });
    }, inMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      const next = nextDuty(this.#owed(), this.#pace, Date.now());
      if (!next) return;
      if ('inMs' in next) {
        // After this work has ended: a wake that falls into it would be lost.
        setImmediate(() => this.wake(next.inMs));
        return;
      }
      await this.#do(next.duty);
    }
  }

  #owed(): Duty[] {
    const duties = this.#options.book.all().flatMap((run) => dutiesOf(run, this.#shownAt.get(run.id) ?? 0));
    return duties.map((duty) => ({ ...duty, notBefore: Math.max(duty.notBefore, this.#troubles.get(duty.run)?.until ?? 0) }));
  }

  async #do(duty: Duty): Promise<void> {
    const run = this.#options.book.get(duty.run);
    if (!run) return;
    this.#pace.took(duty.method, duty.channel, Date.now());
    try {
      if (duty.item) await this.#reply(run, duty.item);
      else if (duty.method === 'post') await this.#post(run);
      else await this.#update(run);
      this.#troubles.delete(run.id);
      this.#shownAt.set(run.id, Date.now());
    } catch (error) {
      await this.#failed(duty, error);
    }
  }

  async #post(run: Run): Promise<void> {
    const key = `${run.id} message`;
    const found = await this.#landed(key, () => this.#options.board.find(run));
    if (!found) {
      await this.#note(run, (delivery) => ({ ...delivery, message: { state: 'intended' } }));
      this.#maybe.set(key, Date.now());
    }
    const posted = found ?? (await this.#options.board.post(run));
    this.#maybe.delete(key);
    // What was found may show an older state: it counts as never updated.
    await this.#note(run, (delivery) => ({ ...delivery, message: { state: 'posted', ...posted, revision: found ? 0 : run.revision } }));
  }

  async #update(run: Run): Promise<void> {
    const { message } = run.delivery;
    if (message?.state !== 'posted') return;
    await this.#options.board.update(run, { channel: message.channel, ts: message.ts });
    await this.#note(run, (delivery) => ({ ...delivery, message: { ...message, revision: run.revision } }));
  }

  async #reply(run: Run, item: ThreadPost): Promise<void> {
    const { message } = run.delivery;
    if (message?.state !== 'posted') return;
    const key = `${run.id} ${item.key}`;
    const there = await this.#landed(key, async () => ((await this.#options.board.hasReply(run, message, item)) ? true : undefined));
    if (!there) {
      const log = item.kind === 'log' ? await this.#options.logText(run, item.stage) : undefined;
      await this.#note(run, (delivery) => withItem(delivery, item, 'intended'));
      this.#maybe.set(key, Date.now());
      if (item.kind !== 'log' || log) await this.#options.board.reply(run, message, item, log);
    }
    this.#maybe.delete(key);
    await this.#note(run, (delivery) => withItem(delivery, item, 'posted'));
  }

  /** Looks for what may have landed before; undefined: it has not, or nobody has tried. */
  async #landed<T>(key: string, find: () => Promise<T | undefined>): Promise<T | undefined> {
    const since = this.#maybe.get(key);
    if (since === undefined) return undefined;
    const left = since + landingMs - Date.now();
    if (left > 0) throw new MaybeSent(`waits ${left} ms to see whether it landed`);
    return find();
  }

  async #failed(duty: Duty, error: unknown): Promise<void> {
    const now = Date.now();
    if (error instanceof RateLimited) {
      this.#maybe.delete(`${duty.run} ${duty.key}`);
      return this.#pace.hold(duty.method, error.retryAfterMs, now);
    }
    if (error instanceof MessageGone) {
      await this.#options.book.change(duty.run, (run) => ({ ...run, delivery: withoutMessage(run.delivery) }));
      return;
    }
    if (!(error instanceof MaybeSent)) this.#maybe.delete(`${duty.run} ${duty.key}`);
    const count = (this.#troubles.get(duty.run)?.count ?? 0) + 1;
    const wait = error instanceof MaybeSent ? landingMs : Math.min(300_000, 5_000 * 2 ** Math.min(count, 6));
    this.#troubles.set(duty.run, { count, until: now + wait });
    if (count < 3 || count % 20 === 0)
      this.#options.log(`${duty.run} cannot be shown in ${duty.channel}: ${messageOf(error)}; tries again in ${Math.round(wait / 1000)} s`);
  }

  async #note(run: Run, by: (delivery: Delivery) => Delivery): Promise<void> {
    await this.#options.book.change(run.id, (now) => ({ ...now, delivery: by(now.delivery) }));
  }
}

function withItem(delivery: Delivery, item: ThreadPost, state: ThreadPost['state']): Delivery {
  return { ...delivery, thread: delivery.thread.map((one) => (one.key === item.key ? { ...one, state } : one)) };
}

function withoutMessage(delivery: Delivery): Delivery {
  const { message: _gone, ...rest } = delivery;
  return rest;
}
