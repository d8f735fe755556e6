import { AsyncLocalStorage } from 'node:async_hooks';

/** For whom work is done. Each has its own share of what is scarce: neither holds up the other. */
export type Lane = 'people' | 'bot';

const lanes = new AsyncLocalStorage<Lane>();

/** Does work, and all that it calls and leaves behind, for people or for the bot itself. */
export function inLane<T>(lane: Lane, work: () => T): T {
  return lanes.run(lane, work);
}

/** Where nobody has said otherwise the bot works for itself. */
export function laneNow(): Lane {
  return lanes.getStore() ?? 'bot';
}
