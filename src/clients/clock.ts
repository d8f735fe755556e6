import cronParser from 'cron-parser';
import { messageOf, UserError } from '../core/errors.ts';
import { mistakeInCron } from './clock/cron.ts';
import type { Log } from './log.ts';

export interface ScheduleOptions {
  /** What the job is called in the log. */
  readonly name: string;
  readonly log: Log;
  /** IANA name, e.g. `Europe/Berlin`; where not given, the time zone of the process. */
  readonly timeZone?: string;
  /** How long `stop` waits for a job that is under way. 10 s where not given. */
  readonly stopMs?: number;
  /** The clocks of the machine where not given. */
  readonly clock?: Clock;
  /** How soon a clock that was set is noticed; 5 s where not given. */
  readonly lookEveryMs?: number;
}

/** Milliseconds: since the epoch, as somebody may set it at any time, and since whenever, as nobody sets it. */
export interface Clock {
  wall(): number;
  steady(): number;
}

const ownClock: Clock = { wall: () => Date.now(), steady: () => performance.now() };

export interface Schedule {
  /** No further job begins; resolves when the one under way has ended, or after `stopMs`. */
  stop(): Promise<void>;
}

/** What is wrong with a rule (a cron expression of six fields, seconds first), in words; undefined where nothing is. */
export function checkCron(rule: string): string | undefined {
  return mistakeInCron(rule);
}

/**
 * Runs a job by a cron rule, never twice at the same time: what falls due while it is under way is left out, not made up for.
 * An error of the job is logged and ends nothing. Where the clock is set back the next moment is the next one by the new time.
 * @throws UserError where the rule is wrong
 */
export function schedule(rule: string, job: () => Promise<void>, options: ScheduleOptions): Schedule {
  const mistake = mistakeInCron(rule);
  if (mistake) throw new UserError(mistake);
  const turns = new Turns(job, options);
  const ticker = new Ticker(moments(rule, options.timeZone), () => turns.take(), options);
  return {
    stop: async () => {
      ticker.stop();
      await turns.end();
    },
  };
}

/** Gives the first moment of a rule after another one, in ms since the epoch. */
function moments(rule: string, timeZone: string | undefined): (after: number) => number {
  const next = (after: number) =>
    cronParser.parseExpression(rule, { currentDate: new Date(after), ...(timeZone && { tz: timeZone }) }).next();
  try {
    next(Date.now());
  } catch {
    throw new UserError(`The schedule ${JSON.stringify(rule)} never comes due${timeZone ? ` in the time zone ${timeZone}` : ''}.`);
  }
  return (after) => next(after).getTime();
}

/** A clock that is set is noticed within this time; a timer itself goes by a clock that nobody sets. */
const lookEveryMs = 5_000;
const jumpMs = 1_000;

/** Tells of each moment that comes due. Of several that were missed at once, by a stall or a clock that was set forward, it tells once. */
class Ticker {
  readonly #next: (after: number) => number;
  readonly #tell: () => void;
  readonly #options: ScheduleOptions;
  readonly #clock: Clock;
  #seen: { readonly wall: number; readonly steady: number };
  #due: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(next: (after: number) => number, tell: () => void, options: ScheduleOptions) {
    this.#next = next;
    this.#tell = tell;
    this.#options = options;
    this.#clock = options.clock ?? ownClock;
    this.#seen = { wall: this.#clock.wall(), steady: this.#clock.steady() };
    this.#due = next(this.#seen.wall);
    this.#sleep();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #sleep(): void {
    // Never early: a look a moment before the time would find nothing.
    const left = Math.max(1, Math.ceil(this.#due - this.#seen.wall));
    this.#timer = setTimeout(() => this.#look(), Math.min(left, this.#options.lookEveryMs ?? lookEveryMs));
  }

  #look(): void {
    const now = { wall: this.#clock.wall(), steady: this.#clock.steady() };
    const jump = now.wall - this.#seen.wall - (now.steady - this.#seen.steady);
    this.#seen = now;
    if (Math.abs(jump) > jumpMs) this.#jumped(jump);
    const isDue = now.wall >= this.#due;
    if (isDue || jump < -jumpMs) this.#due = this.#next(now.wall);
    this.#sleep();
    if (isDue) this.#tell();
  }

  #jumped(ms: number): void {
    const { name, log } = this.#options;
    log.warn(`${name}: the clock was set ${ms < 0 ? 'back' : 'forward'} by ${Math.round(Math.abs(ms) / 1_000)} s; goes on by the new time`);
  }
}

class Turns {
  readonly #job: () => Promise<void>;
  readonly #options: ScheduleOptions;
  #underWay: Promise<void> | undefined;

  constructor(job: () => Promise<void>, options: ScheduleOptions) {
    this.#job = job;
    this.#options = options;
  }

  take(): void {
    this.#underWay ??= this.#run().finally(() => {
      this.#underWay = undefined;
    });
  }

  async end(): Promise<void> {
    const { name, log, stopMs = 10_000 } = this.#options;
    if (!this.#underWay) return;
    const deadline = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => deadline.resolve('late'), stopMs);
    const ended = await Promise.race([this.#underWay, deadline.promise]);
    clearTimeout(timer);
    if (ended === 'late') log.warn(`${name} has not ended ${stopMs / 1000} s after it was asked to stop; it is left alone`);
  }

  async #run(): Promise<void> {
    try {
      await this.#job();
    } catch (error) {
      this.#options.log.error(`${this.#options.name}: ${messageOf(error)}`);
    }
  }
}
