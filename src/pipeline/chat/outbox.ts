import { SortedList } from '../../core/run/sorted-list.ts';
import { isUrgent, type PendingUpdate } from './pending-updates.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** Pending updates, indexed so that the next one is found without scanning all of them. */
export class Outbox {
  /** Updates with the same rate limit and rank, grouped and sorted by when they may be sent. */
  readonly #lines = new Map<string, SortedList<PendingUpdate>>();
  readonly #known = new Map<string, readonly PendingUpdate[]>();

  /** Replaces the pending updates of a run or a notice. */
  put(of: string, updates: readonly PendingUpdate[]): void {
    for (const pending of this.#known.get(of) ?? []) this.#lines.get(lineOf(pending))?.drop(pending);
    for (const pending of updates) {
      const line = this.#lines.get(lineOf(pending)) ?? new SortedList(soonest);
      line.put(pending);
      this.#lines.set(lineOf(pending), line);
    }
    if (updates.length > 0) this.#known.set(of, updates);
    else this.#known.delete(of);
  }

  /** The next update to send, or the milliseconds until one may be sent; undefined if none is pending. */
  next(limiter: RateLimiter, now: number): { update: PendingUpdate } | { inMs: number } | undefined {
    const firsts = [...this.#lines.values()].flatMap(({ items: [pending] }) =>
      pending ? [{ update: pending, inMs: waitOf(pending, limiter, now) }] : [],
    );
    const [first] = firsts.filter(({ inMs }) => inMs <= 0).sort((a, b) => a.update.rank - b.update.rank || soonest(a.update, b.update));
    if (first) return { update: first.update };
    return firsts.length > 0 ? { inMs: Math.min(...firsts.map(({ inMs }) => inMs)) } : undefined;
  }
}

function waitOf(pending: PendingUpdate, limiter: RateLimiter, now: number): number {
  return Math.max(pending.notBefore - now, limiter.wait(pending.method, pending.channel, isUrgent(pending), now));
}

function lineOf({ method, channel, rank }: PendingUpdate): string {
  return `${method} ${rank} ${channel}`;
}

/** By when they may be sent, then by the age of their run or notice. No two updates compare as equal. */
function soonest(a: PendingUpdate, b: PendingUpdate): number {
  return a.notBefore - b.notBefore || byText(a.since, b.since) || byText(a.of, b.of) || byText(a.key, b.key);
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
