import { MaybeSent, MessageGone, RateLimited, Refused } from '../../core/chat.ts';
import { loggedMessage } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import type { Delivery, Run, ThreadPost } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import type { RunMessages } from '../../core/run/run-messages.ts';
import { Backoff } from '../../core/time/backoff.ts';
import { monotonic } from '../../core/time/clock.ts';
import { Outbox } from './outbox.ts';
import { type PendingUpdate, pendingNotice, pendingUpdates, withThreadPost } from './pending-updates.ts';
import { RateLimiter } from './rate-limiter.ts';
import { UnconfirmedPosts, unconfirmedMs } from './unconfirmed-posts.ts';

/** Notices that are kept until they are posted. */
export interface Notices {
  notices(): readonly Notice[];
  /** `told`: it is no longer kept. */
  noticed(uid: string, state: 'intended' | 'told'): Promise<void>;
}

export interface AnnouncerOptions {
  readonly book: RunBook;
  readonly runMessages: RunMessages;
  readonly records: Notices;
  /** The whole stored log of a stage, for a file in the thread. */
  readonly logText: (run: Run, stage: string) => Promise<{ name: string; text: string } | undefined>;
  readonly log: (message: string) => void;
  /** The wait after the first failure, which doubles with each further one; 10 s. */
  readonly retryMs?: number;
}

/** The only sender of messages about runs: one call at a time, within Slack's rate limits, each message once. */
export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #limiter = new RateLimiter(monotonic());
  readonly #shownAt = new Map<string, number>();
  readonly #unconfirmed: UnconfirmedPosts;
  readonly #outbox = new Outbox();
  /** Runs that their channel has refused. */
  readonly #refusedByChannel = new Set<string>();
  readonly #backoffs = new Map<string, Backoff>();
  #timer: NodeJS.Timeout | undefined;
  #wakesAt = Number.POSITIVE_INFINITY;
  #working: Promise<void> | undefined;
  #stopped = false;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    this.#unconfirmed = new UnconfirmedPosts(options.book.all(), options.records.notices());
    for (const { id, delivery } of options.book.all()) if (delivery.refused?.isOfChannel) this.#refusedByChannel.add(id);
    for (const { uid } of options.records.notices()) this.#file(uid);
    options.book.keep({ put: ({ id }) => this.#file(id), drop: ({ id }) => this.#forget(id) });
    options.book.onChange(() => this.wake());
  }

  /** There are new notices. */
  notice(): void {
    for (const { uid } of this.#options.records.notices()) this.#file(uid);
    this.wake();
  }

  /** Checks for pending updates within the given number of milliseconds. */
  wake(inMs = 0): void {
    if (this.#stopped || monotonic() + inMs >= this.#wakesAt) return;
    clearTimeout(this.#timer);
    this.#wakesAt = monotonic() + inMs;
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
      const next = this.#outbox.next(this.#limiter, monotonic());
      if (!next) return;
      if ('inMs' in next) {
        // Only after this work has ended: a wake-up during it would be lost.
        setImmediate(() => this.wake(next.inMs));
        return;
      }
      await this.#do(next.update);
    }
  }

  /** Records the pending updates of a run or a notice as it is now. */
  #file(of: string): void {
    const { book, records } = this.#options;
    const run = book.get(of);
    const notice = run ? undefined : records.notices().find(({ uid }) => uid === of);
    const updates = run ? pendingUpdates(run, this.#shownAt.get(of) ?? Number.NEGATIVE_INFINITY) : notice ? [pendingNotice(notice)] : [];
    const until = this.#backoffs.get(of)?.until ?? 0;
    this.#outbox.put(
      of,
      updates.map((pending) => ({ ...pending, notBefore: Math.max(pending.notBefore, until) })),
    );
  }

  #forget(id: string): void {
    this.#shownAt.delete(id);
    this.#backoffs.delete(id);
    this.#outbox.put(id, []);
  }

  async #do(pending: PendingUpdate): Promise<void> {
    this.#limiter.took(pending.method, pending.channel, monotonic());
    try {
      await this.#show(pending);
      this.#backoffs.delete(pending.of);
      this.#shownAt.set(pending.of, monotonic());
      await this.#channelTakes(pending.channel);
    } catch (error) {
      await this.#failed(pending, error);
    }
    if (this.#options.book.get(pending.of) || pending.notice) this.#file(pending.of);
    else this.#forget(pending.of);
  }

  async #show({ of, method, item, notice }: PendingUpdate): Promise<void> {
    const run = this.#options.book.get(of);
    if (notice) await this.#tell(notice);
    else if (!run) return;
    else if (item) await this.#reply(run, item);
    else if (method === 'post') await this.#post(run);
    else await this.#update(run);
  }

  async #tell(notice: Notice): Promise<void> {
    const { runMessages, records } = this.#options;
    const { uid } = notice;
    const there = await this.#unconfirmed.found(uid, async () => ((await runMessages.hasTold(notice)) ? true : undefined));
    if (!there) {
      await records.noticed(uid, 'intended');
      await this.#unconfirmed.send(uid, () => runMessages.tell(notice));
    }
    await records.noticed(uid, 'told');
    this.#unconfirmed.saved(uid);
    this.#shownAt.delete(uid);
  }

  /** What the channel refused is pending again, now that it accepts posts. */
  async #channelTakes(channel: string): Promise<void> {
    for (const id of this.#refusedByChannel) {
      const run = this.#options.book.get(id);
      if (run && run.delivery.channel !== channel) continue;
      this.#refusedByChannel.delete(id);
      if (run?.delivery.refused) await this.#note(run, ({ refused: _past, ...delivery }) => delivery);
    }
  }

  async #post(run: Run): Promise<void> {
    const { runMessages } = this.#options;
    const key = `${run.id} message`;
    const found = await this.#unconfirmed.found(key, () => runMessages.find(run));
    if (!found) await this.#note(run, (delivery) => ({ ...delivery, message: { state: 'intended' } }));
    const posted = found ?? (await this.#unconfirmed.send(key, () => runMessages.post(run)));
    // A message that was found may show an older state: it counts as never updated.
    await this.#note(run, ({ refused: _past, ...delivery }) => ({
      ...delivery,
      message: { state: 'posted', ...posted, revision: found ? 0 : run.revision },
    }));
    this.#unconfirmed.saved(key);
  }

  async #update(run: Run): Promise<void> {
    const { message } = run.delivery;
    if (message?.state !== 'posted') return;
    await this.#options.runMessages.update(run, { channel: message.channel, ts: message.ts });
    await this.#note(run, ({ refused: _past, ...delivery }) => ({ ...delivery, message: { ...message, revision: run.revision } }));
  }

  async #reply(run: Run, item: ThreadPost): Promise<void> {
    const { message } = run.delivery;
    if (message?.state !== 'posted') return;
    const key = `${run.id} ${item.key}`;
    const there = await this.#unconfirmed.found(key, async () =>
      (await this.#options.runMessages.hasReply(run, message, item)) ? true : undefined,
    );
    if (!there) {
      const log = item.kind === 'log' ? await this.#options.logText(run, item.stage) : undefined;
      await this.#note(run, (delivery) => withThreadPost(delivery, item, 'intended'));
      if (item.kind !== 'log' || log) await this.#unconfirmed.send(key, () => this.#options.runMessages.reply(run, message, item, log));
    }
    await this.#note(run, (delivery) => withThreadPost(delivery, item, 'posted'));
    this.#unconfirmed.saved(key);
  }

  async #failed(pending: PendingUpdate, thrown: unknown): Promise<void> {
    if (thrown instanceof RateLimited) return this.#limiter.hold(pending.method, thrown.retryAfterMs, monotonic());
    const error = await this.#settled(pending, thrown);
    if (error === undefined) return;
    const { retryMs = 10_000 } = this.#options;
    const backoff = this.#backoffs.get(pending.of) ?? new Backoff({ firstMs: retryMs, mostMs: 300_000 });
    this.#backoffs.set(pending.of, backoff);
    const wait = backoff.failed(error, error instanceof MaybeSent ? unconfirmedMs : undefined);
    if (backoff.failures < 3 || backoff.failures % 20 === 0)
      this.#options.log(
        `${pending.notice ? `the notice for ${pending.notice.repository}` : pending.of} cannot be shown in ${pending.channel}: ${loggedMessage(error)}; retrying in ${Math.round(wait / 1000)} s`,
      );
  }

  /** A deleted message is pending again, a refused one no longer. Returns the error to retry after: the one thrown, or a failed save. */
  async #settled(pending: PendingUpdate, thrown: unknown): Promise<unknown> {
    const run = this.#options.book.get(pending.of);
    try {
      if (thrown instanceof Refused) await this.#refused(run, pending, thrown);
      else if (thrown instanceof MessageGone && run) await this.#note(run, ({ message: _gone, ...delivery }) => delivery);
      else return thrown;
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** Saved, so that a restart does not retry it either. */
  async #refused(
    run: Run | undefined,
    { of, item, notice, channel }: PendingUpdate,
    { message: why, isOfChannel }: Refused,
  ): Promise<void> {
    this.#options.log(`${notice?.repository ?? of} cannot be shown in ${channel}: ${why}; giving up on this message`);
    if (notice) return this.#options.records.noticed(notice.uid, 'told');
    if (!run) return;
    if (isOfChannel) this.#refusedByChannel.add(run.id);
    // A thread post stays pending for as long as its channel refuses everything; a file may be refused for other reasons.
    if (!item || (isOfChannel && item.kind !== 'log')) {
      const refused = { state: run.state, why, isOfChannel };
      return this.#note(run, ({ message, ...delivery }) => ({ ...delivery, ...(message?.state === 'posted' && { message }), refused }));
    }
    await this.#options.book.change(run.id, (present) => ({
      ...present,
      refusals: { ...present.refusals, [item.key]: `${item.key} could not be posted in its thread: ${why}` },
      delivery: withThreadPost(present.delivery, item, 'refused'),
    }));
  }

  async #note(run: Run, by: (delivery: Delivery) => Delivery): Promise<void> {
    await this.#options.book.change(run.id, (now) => ({ ...now, delivery: by(now.delivery) }));
  }
}
