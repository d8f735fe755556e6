import type { Repository } from '../../core/config.ts';
import { isForGood, messageOf } from '../../core/errors.ts';
import { forgetRefusal, noteRefusal } from '../../core/run/refusals.ts';
import { isOver, type Run, type RunState } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import { numberOf } from '../../core/run/run-id.ts';
import { Backoff } from '../../core/time/backoff.ts';

/** What status reporting needs from GitHub. */
export interface Statuses {
  setStatus(
    github: string,
    sha: string,
    status: { state: 'pending' | 'success' | 'failure' | 'error'; context: string; description: string },
  ): Promise<void>;
}

const recentMs = 3_600_000;
/** After this many failures in a row the run says that they continue. */
const sayAfter = 3;

const statusOf = {
  queued: 'pending',
  running: 'pending',
  passed: 'success',
  approved: 'success',
  releasing: 'success',
  released: 'success',
  rejected: 'success',
  expired: 'success',
  failed: 'failure',
  cancelled: 'error',
  superseded: 'error',
} as const satisfies Record<RunState, string>;

/** A commit that has passed its stages stays successful, whatever happens to its release. */
function stateOf({ state, stages }: Run): (typeof statusOf)[RunState] {
  const isDropped = state === 'cancelled' || state === 'superseded';
  return isDropped && stages.length > 0 && stages.every((stage) => stage.state === 'passed') ? 'success' : statusOf[state];
}

export interface ReporterOptions {
  readonly book: RunBook;
  readonly github: Statuses;
  readonly repositories: readonly Repository[];
  readonly instance: string;
  readonly now: () => Date;
  readonly log: (message: string) => void;
}

/** Keeps the commit status on GitHub in sync with the newest run of that commit. Setting it again is harmless, so it is not read first. */
export class StatusReporter {
  readonly #options: ReporterOptions;
  readonly #busy = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopped = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
    options.book.onChange((run) => this.report(run.id));
  }

  /** Reports what GitHub may not have yet. Runs that ended long ago are not reported: they may predate the token. */
  begin(): void {
    const { book, now } = this.#options;
    const isRecent = ({ endedAt, delivery }: Run) =>
      delivery.commitStatus === 'pending' || now().getTime() - Date.parse(endedAt ?? '') < recentMs;
    for (const run of book.all()) if (!isOver(run) || isRecent(run)) this.report(run.id);
  }

  /** Reports a state that GitHub does not have yet; retries after a failure. */
  report(id: string, backoff = new Backoff({ firstMs: 5_000, mostMs: 600_000 })): void {
    const run = this.#options.book.get(id);
    const github = this.#options.repositories.find((one) => one.name === run?.repository)?.github;
    if (!run || !github || this.#stopped || this.#busy.has(id) || run.delivery.commitStatus === stateOf(run)) return;
    this.#busy.add(id);
    void this.#tell(run, github).then(
      () => this.#next(id, 0),
      async (error) => {
        if (isForGood(error) && (await this.#refused(run, error))) return this.#next(id, 0);
        const wait = backoff.failed(error);
        await this.#failed(run, error, backoff.failures);
        this.#next(id, wait, backoff);
      },
    );
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Logs the first failures; if they continue, the run says so until GitHub accepts the status. */
  async #failed(run: Run, error: unknown, failures: number): Promise<void> {
    const { book, log } = this.#options;
    if (failures < sayAfter) return log(`${run.id}: GitHub does not accept the commit status: ${messageOf(error)}`);
    if (failures > sayAfter) return;
    const why = `GitHub has not accepted the commit status \`${stateOf(run)}\` yet; it is sent again: ${messageOf(error)}`;
    await noteRefusal(book, run.id, 'status', why).catch((thrown) => log(`${run.id}: ${messageOf(thrown)}`));
  }

  /** Records the refusal in the run; the status is not sent again until the run changes state. False if that cannot be saved. */
  async #refused(run: Run, error: unknown): Promise<boolean> {
    const { book, log } = this.#options;
    const why = `GitHub does not accept the commit status \`${stateOf(run)}\`: ${messageOf(error)}`;
    log(`${run.id}: ${why}`);
    try {
      await noteRefusal(book, run.id, 'status', why);
      await this.#noteTold(run);
      return true;
    } catch (thrown) {
      log(`${run.id}: ${messageOf(thrown)}`);
      return false;
    }
  }

  async #noteTold(run: Run): Promise<void> {
    const status = stateOf(run);
    await this.#options.book.change(run.id, (now) => ({ ...now, delivery: { ...now.delivery, commitStatus: status } }));
  }

  async #tell(run: Run, github: string): Promise<void> {
    const state = stateOf(run);
    const { book, instance } = this.#options;
    const newer = book.ofCommit(run.commit.sha).some((one) => one.repository === run.repository && numberOf(one.id) > numberOf(run.id));
    if (!newer)
      await this.#options.github.setStatus(github, run.commit.sha, {
        state,
        context: `coxswain/${instance}`,
        description: description(run),
      });
    await forgetRefusal(book, run.id, 'status');
    await this.#noteTold(run);
  }

  #next(id: string, inMs: number, backoff?: Backoff): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#busy.delete(id);
      this.report(id, backoff);
    }, inMs);
    this.#timers.add(timer);
  }
}

function description({ id, state, reason }: Run): string {
  return `${id} ${reason ? `${state}: ${reason}` : `is ${state}`}`;
}
