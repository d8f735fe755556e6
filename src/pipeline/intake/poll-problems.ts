import type { Repository } from '../../core/config.ts';
import { isForGood, messageOf } from '../../core/errors.ts';
import type { PollNotice } from '../../core/notice.ts';
import type { LastSeenHeads } from './requests.ts';

export interface PollProblemsOptions {
  readonly records: Pick<LastSeenHeads, 'pollProblem' | 'savePollProblem'>;
  readonly now: () => Date;
  /** A random id for a notice. */
  readonly uid: () => string;
  /** Called when there is a new notice. */
  readonly notice: () => void;
  readonly log: (message: string) => void;
}

/** How long polls fail before the channel is told: what a person has to mend soon, what may pass by itself later. */
const afterMs = { forGood: 60_000, passing: 600_000 };

/** Tells the channel of a repository, once, that it cannot be polled, and once that it can be again; also over restarts. */
export class PollProblems {
  readonly #options: PollProblemsOptions;

  constructor(options: PollProblemsOptions) {
    this.#options = options;
  }

  /** @param since ISO 8601: the first of the polls that have failed without one between that has not */
  async failed({ name, channel }: Repository, since: string, error: unknown): Promise<void> {
    const { records, now } = this.#options;
    const lasted = now().getTime() - Date.parse(since);
    if (records.pollProblem(name) !== undefined || lasted < (isForGood(error) ? afterMs.forGood : afterMs.passing)) return;
    await this.#tell({ repository: name, channel, since, problem: messageOf(error) });
  }

  async wentWell({ name, channel }: Repository): Promise<void> {
    const since = this.#options.records.pollProblem(name);
    if (since !== undefined) await this.#tell({ repository: name, channel, since });
  }

  /** What cannot be saved is tried again after the next poll. */
  async #tell(news: Omit<PollNotice, 'uid' | 'at' | 'state'>): Promise<void> {
    const { records, now, uid, notice, log } = this.#options;
    try {
      await records.savePollProblem({ uid: uid(), at: now().toISOString(), ...news });
      notice();
    } catch (error) {
      log(`the notice about polls of ${news.repository} cannot be saved: ${messageOf(error)}`);
    }
  }
}
