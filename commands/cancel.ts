import { canCancel } from '../src/core/allowed.ts';
import type { Command } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import { findRun, type KnownRuns } from '../src/core/find-run.ts';
import type { Run } from '../src/core/run.ts';

export interface Cancels extends KnownRuns {
  /** Stops a run; `by` is a Slack user id. @throws UserError where it is too late */
  cancel(id: string, by: string): Promise<Run>;
}

export const cancel = (pipeline: Cancels): Command => ({
  name: 'cancel',
  usage: 'cancel <run>',
  summary: 'Stop a run that waits or runs.',
  examples: ['cancel runner-142'],
  access: 'operator',
  decides: true,
  async run({ words: [id = ''], user }) {
    const run = findRun(pipeline, id);
    if (!canCancel(run)) throw new UserError(`${run.id} cannot be cancelled: its state is ${run.state}.`);
    return { kind: 'cancelled', run: await pipeline.cancel(run.id, user) };
  },
});
