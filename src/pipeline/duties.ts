import { isOver, type Run, type ThreadPost } from '../core/run.ts';
import type { Method, Pace } from './pace.ts';

/** Something that chat does not show yet. Lower rank goes first: ends, then first messages, then threads and what holds a run up, then progress. */
export interface Duty {
  readonly run: string;
  readonly key: string;
  readonly method: Method;
  readonly channel: string;
  readonly rank: number;
  /** Not before this time, in ms. */
  readonly notBefore: number;
  readonly item?: ThreadPost;
}

/** Progress of one run is shown at most this often. */
export const progressEveryMs = 3_000;
const heldEveryMs = 1_000;
const progressRank = 3;

/** What chat owes a run. Only its newest state counts: what it was in between is not shown later. */
export function dutiesOf(run: Run, shownAt: number): Duty[] {
  const { message, channel, thread } = run.delivery;
  const over = isOver(run);
  const common = { run: run.id, channel };
  if (message?.state !== 'posted') return [{ ...common, key: 'message', method: 'post', rank: over ? 0 : 1, notBefore: 0 }];
  const item = thread.find((one) => one.state !== 'posted');
  const duties: Duty[] = item ? [{ ...common, key: item.key, method: 'post', rank: 2, notBefore: 0, item }] : [];
  if (message.revision < run.revision) {
    duties.push({ ...common, key: 'message', method: 'update', ...haste(run, over, shownAt) });
  }
  return duties;
}

/** What holds a run up may need people to act: it does not wait behind the step counters of other runs. */
function haste(run: Run, over: boolean, shownAt: number): Pick<Duty, 'rank' | 'notBefore'> {
  if (over) return { rank: 0, notBefore: 0 };
  const isHeldUp = run.trouble !== undefined || run.stages.some((stage) => stage.waitingFor !== undefined);
  return isHeldUp ? { rank: 2, notBefore: shownAt + heldEveryMs } : { rank: progressRank, notBefore: shownAt + progressEveryMs };
}

/** The duty to do next, or the milliseconds until one may be done; undefined: nothing is owed. */
export function nextDuty(duties: readonly Duty[], pace: Pace, now: number): { duty: Duty } | { inMs: number } | undefined {
  let inMs = Number.POSITIVE_INFINITY;
  for (const duty of [...duties].sort((a, b) => a.rank - b.rank || a.notBefore - b.notBefore)) {
    const wait = Math.max(duty.notBefore - now, pace.wait(duty.method, duty.channel, duty.rank < progressRank, now));
    if (wait <= 0) return { duty };
    inMs = Math.min(inMs, wait);
  }
  return inMs === Number.POSITIVE_INFINITY ? undefined : { inMs };
}
