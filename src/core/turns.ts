import { UserError } from './errors.ts';
import { inLane, type Lane } from './lane.ts';

/** How much work people may cause. */
export interface TurnLimits {
  /** Of one person: under way at once, those included that wait, and begun within a minute. */
  readonly each: { readonly underWay: number; readonly perMinute: number };
  /** Of all people together: under way at once, and waiting for that. */
  readonly all: { readonly underWay: number; readonly waiting: number };
  /** Milliseconds that one may wait. */
  readonly patience: number;
}

export const usualTurns: TurnLimits = {
  each: { underWay: 3, perMinute: 20 },
  all: { underWay: 4, waiting: 24 },
  patience: 15_000,
};

const minute = 60_000;

/** Lets people have work of one lane done one after another, within limits; who is beyond them is told when to say it again. */
export class Turns {
  readonly #lane: Lane;
  readonly #limits: TurnLimits;
  readonly #now: () => number;
  /** By person: how much is under way, and when what was asked for within a minute has begun. */
  readonly #people = new Map<string, { underWay: number; begun: number[] }>();
  /** Those who wait, in their order: each is called when its turn has come. */
  readonly #waiting = new Set<() => void>();
  #underWay = 0;

  /** @param now milliseconds of a clock that nobody sets */
  constructor(lane: Lane, limits: TurnLimits = usualTurns, now = () => performance.now()) {
    this.#lane = lane;
    this.#limits = limits;
    this.#now = now;
  }

  /**
   * Does it when its turn has come.
   * @param open the same work, where it is under way for somebody else: it needs no turn, and counts for the person all the same
   * @throws UserError where that would be too much, or too late
   */
  async take<T>(user: string, work: () => Promise<T>, open?: Promise<T>): Promise<T> {
    const person = this.#person(user, open !== undefined);
    person.underWay += 1;
    try {
      return await (open ?? this.#inTurn(work));
    } finally {
      person.underWay -= 1;
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

  #person(user: string, needsNoTurn: boolean): { underWay: number; begun: number[] } {
    const { each, all } = this.#limits;
    const now = this.#now();
    const person = this.#people.get(user) ?? { underWay: 0, begun: [] };
    person.begun = person.begun.filter((at) => now - at < minute);
    if (person.underWay >= each.underWay)
      throw new UserError(
        `${each.underWay} things that you have asked for are under way already: say it again when one of them is answered.`,
      );
    const [first = now] = person.begun;
    if (person.begun.length >= each.perMinute)
      throw new UserError(
        `You have asked for ${each.perMinute} things within a minute, and each takes work: say it again in ${seconds(first + minute - now)}.`,
      );
    if (!needsNoTurn && this.#underWay >= all.underWay && this.#waiting.size >= all.waiting) throw new UserError(tooMuch);
    person.begun.push(now);
    this.#forgetIdle();
    this.#people.set(user, person);
    return person;
  }

  #forgetIdle(): void {
    for (const [user, { underWay, begun }] of this.#people) {
      if (underWay === 0 && this.#now() - (begun.at(-1) ?? 0) >= minute) this.#people.delete(user);
    }
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

const tooMuch = 'Too much is under way for others at present: say it again in 15 s.';

function seconds(ms: number): string {
  return `${Math.max(1, Math.ceil(ms / 1000))} s`;
}

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
