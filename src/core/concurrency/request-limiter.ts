import { UserError } from '../errors.ts';
import { inLane, type Lane } from './lane.ts';
import { PerMinute, seconds } from './rate-limit.ts';

/** How much work people may cause. */
export interface RequestLimits {
  /** Of one person: under way at once, those included that wait, and begun within a minute. */
  readonly each: { readonly underWay: number; readonly perMinute: number };
  /** Of all people together: under way at once, and waiting for that. */
  readonly all: { readonly underWay: number; readonly waiting: number };
  /** Milliseconds that one may wait. */
  readonly patience: number;
}

const defaultRequestLimits: RequestLimits = {
  each: { underWay: 3, perMinute: 20 },
  all: { underWay: 4, waiting: 24 },
  patience: 15_000,
};

/** Lets people have work of one lane done one after another, within limits; who is beyond them is told when to say it again. */
export class RequestLimiter {
  readonly #lane: Lane;
  readonly #limits: RequestLimits;
  readonly #begun: PerMinute;
  /** How much is under way, by person. */
  readonly #people = new Map<string, number>();
  /** Those who wait, in their order: each is called when its turn has come. */
  readonly #waiting = new Set<() => void>();
  #underWay = 0;

  /** @param now milliseconds of a clock that nobody sets */
  constructor(lane: Lane, limits: RequestLimits = defaultRequestLimits, now?: () => number) {
    this.#lane = lane;
    this.#limits = limits;
    this.#begun = new PerMinute(limits.each.perMinute, now);
  }

  /**
   * Does it when its turn has come.
   * @param open the same work, where it is under way for somebody else: it needs no turn, and counts for the person all the same
   * @throws UserError where that would be too much, or too late
   */
  async take<T>(user: string, work: () => Promise<T>, open?: Promise<T>): Promise<T> {
    this.#demandRoom(user, open !== undefined);
    this.#begun.add(user);
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

  /** @throws UserError where it is too much for this person, or for all */
  #demandRoom(user: string, needsNoTurn: boolean): void {
    const { each, all } = this.#limits;
    if ((this.#people.get(user) ?? 0) >= each.underWay)
      throw new UserError(`${each.underWay} of your requests are already in progress: try again when one of them has been answered.`);
    const wait = this.#begun.wait(user);
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

  /** Hands the turn that has become free to who waits longest. */
  #next(): void {
    const [first] = this.#waiting;
    if (!first || this.#underWay >= this.#limits.all.underWay) return;
    this.#waiting.delete(first);
    this.#underWay += 1;
    first();
  }
}

const tooMuch = 'Too many other requests are in progress: try again in 15 s.';

/** Work that is under way, by what it answers: who asks the same meanwhile gets the same answer. */
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
