import { MaybeSent, Refused } from '../../core/chat.ts';
import type { Notice } from '../../core/notice.ts';
import type { Run } from '../../core/run/run.ts';
import { monotonic } from '../../core/time/clock.ts';

/** A post that may have been delivered appears in the history after this time. */
export const unconfirmedMs = 2_000;

/** Posts that may or may not have been delivered, and since when. After a restart these are all that are saved as `intended`. */
export class UnconfirmedPosts {
  readonly #maybe = new Map<string, number>();

  constructor(runs: readonly Run[], notices: readonly Notice[] = []) {
    for (const { uid, state } of notices) if (state === 'intended') this.#maybe.set(uid, Number.NEGATIVE_INFINITY);
    for (const { id, delivery } of runs) {
      if (delivery.message?.state === 'intended') this.#maybe.set(`${id} message`, Number.NEGATIVE_INFINITY);
      for (const item of delivery.thread) if (item.state === 'intended') this.#maybe.set(`${id} ${item.key}`, Number.NEGATIVE_INFINITY);
    }
  }

  /** Looks for a post that may have been delivered before; undefined: it was not, or was never attempted. */
  async found<T>(key: string, find: () => Promise<T | undefined>): Promise<T | undefined> {
    const since = this.#maybe.get(key);
    if (since === undefined) return undefined;
    const left = since + unconfirmedMs - monotonic();
    if (left > 0) throw new MaybeSent(`waiting ${Math.ceil(left)} ms to see whether it arrived`);
    try {
      return await find();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // If Slack does not let us search, posting twice is better than not at all. Slack refused the search, not the post.
      this.#maybe.delete(key);
      throw new Error(error.message);
    }
  }

  /** It counts as possibly delivered until `saved` is called, or until Slack refuses it. */
  async send<T>(key: string, call: () => Promise<T>): Promise<T> {
    this.#maybe.set(key, monotonic());
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof MaybeSent)) this.#maybe.delete(key);
      throw error;
    }
  }

  saved(key: string): void {
    this.#maybe.delete(key);
  }
}
