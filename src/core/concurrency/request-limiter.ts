import { UserError } from '../errors.ts';
import { inLane, type Lane } from './lane.ts';
import { PerMinute, seconds } from './rate-limit.ts';

/** How much work users may cause. */
export interface RequestLimits {
  /** Per user: in progress at once, including queued ones, and started within a minute. */
  readonly each: { readonly underWay: number; readonly perMinute: number };
  /** For all users together: in progress at once, and queued. */
  readonly all: { readonly underWay: number; readonly waiting: number };
  /** Maximum milliseconds in the queue. */
  readonly patience: number;
}

const defaultRequestLimits: RequestLimits = {
  each: { underWay: 3, perMinute: 20 },
  all: { underWay: 4, waiting: 24 },
  patience: 15_000,
};

/** Runs the work of one lane with limited concurrency; users beyond the limits are told when to try again. */
export class RequestLimiter {
  readonly #lane: Lane;
  readonly #limits: RequestLimits;
  readonly #started: PerMinute;
  /** Number of requests in progress, by user. */
  readonly #people = new Map<string, number>();
  /** The queue, in order: each is called when its turn comes. */
  readonly #waiting = new Set<() => void>();
  #underWay = 0;

  /** @param now milliseconds on a monotonic clock */
  constructor(lane: Lane, limits: RequestLimits = defaultRequestLimits, now?: () => number) {
    this.#lane = lane;
    this.#limits = limits;
    this.#started = new PerMinute(limits.each.perMinute, now);
  }

  /**
   * Runs the work when its turn comes.
   * @param open the same work if already in progress for another user: it takes no slot, but still counts towards this user's limits
   * @throws UserError if a limit is exceeded or the wait is too long
   */
  async take<T>(user: string, work: () => Promise<T>, open?: Promise<T>): Promise<T> {
    this.#demandRoom(user, open !== undefined);
    this.#started.add(user);
    this.#count(user, 1);
    try {
      return await (open ?? this.#inTurn(work));
    } finally {
      this.#count(user, -1);
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await inLane(this.#lane, work);
    } finally {
      this.#underWay -= 1;
      this.#next();
    }
  }

  /** @throws UserError if it is too much for this user, or for all */
  #demandRoom(user: string, needsNoTurn: boolean): void {
    const { each, all } = this.#limits;
    if ((this.#people.get(user) ?? 0) >= each.underWay)
      throw new UserError(`${each.underWay} of your requests are already in progress: try again when one of them has been answered.`);
    const wait = this.#started.wait(user);
    if (wait > 0) throw new UserError(`You have made ${each.perMinute} requests within a minute: try again in ${seconds(wait)}.`);
    if (!needsNoTurn && this.#underWay >= all.underWay && this.#waiting.size >= all.waiting) throw new UserError(tooMuch);
  }

  #count(user: string, more: 1 | -1): void {
    const underWay = (this.#people.get(user) ?? 0) + more;
    if (underWay > 0) this.#people.set(user, underWay);
    else this.#people.delete(user);
  }

  async #turn(): Promise<void> {
    if (this.#underWay < this.#limits.all.underWay) {
      this.#underWay += 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const timer = setTimeout(() => {
      this.#waiting.delete(resolve);
      reject(new UserError(tooMuch));
    }, this.#limits.patience);
    await promise.finally(() => clearTimeout(timer));
  }

  /** Hands the freed slot to whoever has waited longest. */
  #next(): void {
    const [first] = this.#waiting;
    if (!first || this.#underWay >= this.#limits.all.underWay) return;
    this.#waiting.delete(first);
    this.#underWay += 1;
    first();
  }
}

const tooMuch = 'Too many other requests are in progress: try again in 15 s.';

/** Work in progress, by what it answers: callers that ask for the same meanwhile get the same answer. */
export class Shared<T> {
  readonly #underWay = new Map<string, Promise<T>>();

  find(key: string): Promise<T> | undefined {
    return this.#underWay.get(key);
  }

  begin(key: string, work: () => Promise<T>): Promise<T> {
    const open = this.#underWay.get(key);
    if (open) return open;
    const answer = work().finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, answer);
    return answer;
  }
}
