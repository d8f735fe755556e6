import { AsyncLocalStorage } from 'node:async_hooks';

/** For what work is done: what people ask, what they decide, and what the bot does by itself. Each has its own share of what is scarce. */
export type Lane = 'questions' | 'decisions' | 'bot';

const lanes = new AsyncLocalStorage<Lane>();

/** Does work, and all that it calls and leaves behind, in a lane. */
export function inLane<T>(lane: Lane, work: () => T): T {
  return lanes.run(lane, work);
}

/** Where nobody has said otherwise the bot works for itself. */
export function currentLane(): Lane {
  return lanes.getStore() ?? 'bot';
}
