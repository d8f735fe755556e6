import { canRetry } from '../src/core/allowed.ts';
import type { Command } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import { findRun, type KnownRuns } from '../src/core/find-run.ts';
import type { Run } from '../src/core/run.ts';

export interface Retries extends KnownRuns {
  /** Makes a new run of the same commit, from the first stage that did not pass. The same key is the same request. */
  retry(id: string, by: string, key: string): Promise<{ run: Run; isNew: boolean }>;
}

export const retry = (pipeline: Retries): Command => ({
  name: 'retry',
  usage: 'retry <run>',
  summary: 'Start a new run of the same commit, from the first stage that did not pass.',
  examples: ['retry runner-142'],
  access: 'operator',
  async run({ words: [id = ''], user, key }) {
    const run = findRun(pipeline, id);
    if (!canRetry(run)) throw new UserError(`${run.id} cannot be retried: its state is ${run.state}.`);
    return { kind: 'started', ...(await pipeline.retry(run.id, user, key)) };
  },
});
