import type { Notice } from '../../core/notice.ts';
import { type Delivery, isOver, type Run, type ThreadPost } from '../../core/run/run.ts';
import { allStages } from '../../core/run/stages.ts';
import type { Method } from './rate-limiter.ts';

/**
 * Something that chat does not show yet. Lower rank goes first: ends, then first messages, then threads and blocked reasons, then the first
 * messages of commits that only wait for their turn, then progress.
 */
export interface PendingUpdate {
  /** The id of the run, or the uid of the notice. */
  readonly of: string;
  readonly key: string;
  readonly method: Method;
  readonly channel: string;
  readonly rank: number;
  /** Not before this time, in ms. */
  readonly notBefore: number;
  /** When the run or the notice was created, as a sortable time. */
  readonly since: string;
  readonly item?: ThreadPost;
  readonly notice?: Notice;
}

/** Progress of one run is shown at most this often. */
const progressEveryMs = 3_000;
const heldEveryMs = 1_000;
const ranks = { end: 0, first: 1, thread: 2, waits: 3, progress: 4 } as const;

/** The pending updates of a run. Only its newest state counts: states in between are never shown later. */
export function pendingUpdates(run: Run, shownAt: number): PendingUpdate[] {
  const { message, refused, channel, thread, unannounced } = run.delivery;
  const isRefused = refused?.state === run.state;
  const over = isOver(run);
  const common = { of: run.id, channel, since: run.createdAt };
  if (message?.state !== 'posted') {
    const isOwed = !isRefused && !(over && unannounced && !message);
    return isOwed ? [{ ...common, key: 'message', method: 'post', rank: firstRank(run, over), notBefore: 0 }] : [];
  }
  const isShut = isRefused && refused?.isOfChannel;
  const item = isShut ? undefined : thread.find(({ state }) => state === 'pending' || state === 'intended');
  const updates: PendingUpdate[] = item ? [{ ...common, key: item.key, method: 'post', rank: ranks.thread, notBefore: 0, item }] : [];
  if (message.revision < run.revision && !isRefused) {
    updates.push({ ...common, key: 'message', method: 'update', ...haste(run, over, shownAt) });
  }
  return updates;
}

export function pendingNotice(notice: Notice): PendingUpdate {
  const { uid, channel, at } = notice;
  return { of: uid, key: 'notice', method: 'post', channel, rank: ranks.thread, notBefore: 0, since: at, notice };
}

/** Whether it may use the share of Slack's rate limit that progress must leave. */
export function isUrgent({ rank }: PendingUpdate): boolean {
  return rank < ranks.progress;
}

/** Hundreds of branches may appear at once, at one post a second: a run that nobody requested and that has not started yields to others. */
function firstRank({ state, cause }: Run, over: boolean): number {
  if (over) return ranks.end;
  return state === 'queued' && cause.kind === 'commit' ? ranks.waits : ranks.first;
}

/** A blocked reason may need people to act: it does not wait behind the step counters of other runs. */
function haste(run: Run, over: boolean, shownAt: number): Pick<PendingUpdate, 'rank' | 'notBefore'> {
  if (over) return { rank: ranks.end, notBefore: 0 };
  const isHeldUp =
    run.blockedReason !== undefined || run.release?.doubt !== undefined || allStages(run).some((stage) => stage.waitingFor !== undefined);
  if (isHeldUp) return { rank: ranks.thread, notBefore: shownAt + heldEveryMs };
  return { rank: ranks.progress, notBefore: shownAt + progressEveryMs };
}

/** The delivery with one thread post in another state. */
export function withThreadPost(delivery: Delivery, item: ThreadPost, state: ThreadPost['state']): Delivery {
  return { ...delivery, thread: delivery.thread.map((one) => (one.key === item.key ? { ...one, state } : one)) };
}
