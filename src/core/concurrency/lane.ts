import { AsyncLocalStorage } from 'node:async_hooks';

/** What work is done for: users' queries, their decisions, or the bot itself. Each lane has its own share of scarce resources. */
export type Lane = 'questions' | 'decisions' | 'bot';

const lanes = new AsyncLocalStorage<Lane>();

/** Runs work, and everything that it calls or leaves running, in a lane. */
export function inLane<T>(lane: Lane, work: () => T): T {
  return lanes.run(lane, work);
}

/** By default the bot works for itself. */
export function currentLane(): Lane {
  return lanes.getStore() ?? 'bot';
}
