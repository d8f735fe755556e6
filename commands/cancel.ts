import type { CancelledAll, Command } from '../src/core/command/command.ts';
import { findRepository } from '../src/core/command/find-repository.ts';
import { UserError } from '../src/core/errors.ts';
import { cancelRefusal } from '../src/core/run/allowed.ts';
import { findRun, type KnownRuns } from '../src/core/run/find-run.ts';
import type { Run } from '../src/core/run/run.ts';
import { quoted } from '../src/core/text/quoted.ts';
import type { Repositories } from './freeze.ts';

export interface Cancels extends KnownRuns, Repositories {
  /** Cancels a run; `by` is a Slack user id. @throws UserError if it is too late */
  cancel(id: string, by: string): Promise<Run>;
  /** Cancels all cancellable runs of a repository, or of the branches matching a pattern. @throws UserError for an unknown repository */
  cancelAll(wish: { repository: string; branches?: string; by: string }): Promise<CancelledAll>;
}

/** Phones replace two hyphens by one dash. */
const all = /^(--|\u2013|\u2014)all$/i;

export const cancel = (pipeline: Cancels): Command => ({
  name: 'cancel',
  usage: 'cancel <run or --all> [repository] [branch-pattern]',
  summary:
    'Stop a run that is queued or running, or being released with nothing published yet; with `--all`, every unfinished run of a repository, or of some of its branches.',
  examples: ['cancel runner-142', 'cancel --all studio-go-runner', 'cancel --all studio-go-runner feature/*'],
  access: 'operator',
  audited: true,
  async run({ words: [word = '', repository, branches], user }) {
    if (all.test(word)) {
      if (repository === undefined) throw new UserError('`cancel --all` needs a repository: `cancel --all <repository> [branch-pattern]`.');
      const wish = { repository: findRepository(pipeline.repositories(), repository).name, ...(branches !== undefined && { branches }) };
      return { kind: 'cancelledAll', ...wish, ...(await pipeline.cancelAll({ ...wish, by: user })) };
    }
    if (repository !== undefined)
      throw new UserError(
        `\`cancel\` takes one run and does not take ${quoted(repository)}; to cancel many at once: \`cancel --all <repository>\`.`,
      );
    const run = findRun(pipeline, word);
    const why = cancelRefusal(run);
    if (why !== undefined) throw new UserError(why);
    return { kind: 'cancelled', run: await pipeline.cancel(run.id, user) };
  },
});
