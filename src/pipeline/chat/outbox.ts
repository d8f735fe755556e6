import { SortedList } from '../../core/run/sorted-list.ts';
import { type Duty, isUrgent } from './pending-updates.ts';
import type { Pace } from './rate-limiter.ts';

/** What chat is owed, kept so that the next thing to do is found without looking at all of it. */
export class Outbox {
  /** By what has one budget and one rank: of such duties the first is the one that may be done soonest. */
  readonly #lines = new Map<string, SortedList<Duty>>();
  readonly #known = new Map<string, readonly Duty[]>();

  /** All that is owed of a run or a notice, in place of what was known of it. */
  put(of: string, duties: readonly Duty[]): void {
    for (const duty of this.#known.get(of) ?? []) this.#lines.get(lineOf(duty))?.drop(duty);
    for (const duty of duties) {
      const line = this.#lines.get(lineOf(duty)) ?? new SortedList(soonest);
      line.put(duty);
      this.#lines.set(lineOf(duty), line);
    }
    if (duties.length > 0) this.#known.set(of, duties);
    else this.#known.delete(of);
  }

  /** The duty to do next, or the milliseconds until one may be done; undefined: nothing is owed. */
  next(pace: Pace, now: number): { duty: Duty } | { inMs: number } | undefined {
    const firsts = [...this.#lines.values()].flatMap(({ items: [duty] }) => (duty ? [{ duty, inMs: waitOf(duty, pace, now) }] : []));
    const [first] = firsts.filter(({ inMs }) => inMs <= 0).sort((a, b) => a.duty.rank - b.duty.rank || soonest(a.duty, b.duty));
    if (first) return { duty: first.duty };
    return firsts.length > 0 ? { inMs: Math.min(...firsts.map(({ inMs }) => inMs)) } : undefined;
  }
}

function waitOf(duty: Duty, pace: Pace, now: number): number {
  return Math.max(duty.notBefore - now, pace.wait(duty.method, duty.channel, isUrgent(duty), now));
}

function lineOf({ method, channel, rank }: Duty): string {
  return `${method} ${rank} ${channel}`;
}

/** What may be done soonest, then what is owed of the oldest. No two duties are equal in it. */
function soonest(a: Duty, b: Duty): number {
  return a.notBefore - b.notBefore || byText(a.since, b.since) || byText(a.of, b.of) || byText(a.key, b.key);
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
