import { scheduleJob } from 'node-schedule';
import { loggedMessage, UserError } from '../../core/errors.ts';
import { machineTime } from '../../core/time/clock.ts';
import type { Log } from '../log/log.ts';
import { cronIssue } from './cron.ts';
import { watchClock } from './watch-clock.ts';

export interface ScheduleOptions {
  /** The name of the job in the log. */
  readonly name: string;
  readonly log: Log;
  /** IANA name, e.g. `Europe/Berlin`; the time zone of the process by default. */
  readonly timeZone?: string;
  /** How long `stop` waits for a running job. 10 s by default. */
  readonly stopMs?: number;
}

export interface Schedule {
  /** Starts no further job; resolves when the running one has ended, or after `stopMs`. */
  stop(): Promise<void>;
}

/** What is wrong with a rule (a cron expression of six fields, seconds first), in words; undefined if it is valid. */
export function checkCron(rule: string): string | undefined {
  return cronIssue(rule);
}

/**
 * Runs a job by a cron rule, never concurrently: runs that are due while it is running are skipped, not made up for.
 * Job errors are logged and do not end the schedule. If the clock is changed, it continues with the new time; a skipped run starts at once.
 * @throws UserError if the rule is invalid
 */
export function schedule(rule: string, job: () => Promise<void>, options: ScheduleOptions): Schedule {
  const mistake = cronIssue(rule);
  if (mistake) throw new UserError(mistake);
  const { name, log } = options;
  const turns = new Turns(job, options);
  let timed = timedBy(rule, turns, options);
  const unwatch = watchClock((ms) => {
    log.warn(
      `${name}: the clock was set ${ms < 0 ? 'back' : 'forward'} by ${Math.round(Math.abs(ms) / 1_000)} s; continuing with the new time`,
    );
    const wasDue = (timed.nextInvocation()?.getTime() ?? Number.POSITIVE_INFINITY) <= machineTime().getTime();
    // node-schedule continues from its last invocation: if the clock is set back, it would pause until that time comes again.
    timed.cancel();
    turns.begunAt = 0;
    timed = timedBy(rule, turns, options);
    if (wasDue) turns.take(machineTime());
  });
  return {
    stop: async () => {
      unwatch();
      timed.cancel();
      await turns.end();
    },
  };
}

function timedBy(rule: string, turns: Turns, { name, log, timeZone }: ScheduleOptions): Job {
  let isOver = false;
  const timed = scheduleJob({ rule, ...(timeZone && { tz: timeZone }) }, (due: Date) => {
    // A timer that node-schedule re-armed when the clock was set back cannot be cancelled; it would start a second series.
    if (isOver) timed.cancel();
    else turns.take(due);
  });
  if (!timed) throw new UserError(`The schedule ${JSON.stringify(rule)} never runs${timeZone ? ` in the time zone ${timeZone}` : ''}.`);
  timed.on('error', (error: unknown) => log.error(`${name}: ${loggedMessage(error)}`));
  const cancel = () => {
    isOver = true;
    timed.cancel();
  };
  return { nextInvocation: () => timed.nextInvocation(), cancel };
}

/** The part of a `node-schedule` job that is used. */
interface Job {
  nextInvocation(): Date | null;
  cancel(): void;
}

class Turns {
  readonly #job: () => Promise<void>;
  readonly #options: ScheduleOptions;
  #underWay: Promise<void> | undefined;
  /** When the last run began, in ms since the epoch. */
  begunAt = 0;

  constructor(job: () => Promise<void>, options: ScheduleOptions) {
    this.#job = job;
    this.#options = options;
  }

  take(due: Date): void {
    // After a stall of the process all missed invocations arrive at once: the run that began after them covers them.
    if (this.#underWay || due.getTime() < this.begunAt) return;
    this.begunAt = machineTime().getTime();
    this.#underWay = this.#run().finally(() => {
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
    if (ended === 'late') log.warn(`${name} has not ended ${stopMs / 1000} s after it was asked to stop; not waiting any longer`);
  }

  async #run(): Promise<void> {
    try {
      await this.#job();
    } catch (error) {
      this.#options.log.error(`${this.#options.name}: ${loggedMessage(error)}`);
    }
  }
}
