import type { Command } from '../src/core/command/command.ts';
import { UserError } from '../src/core/errors.ts';
import { retryRefusal } from '../src/core/run/allowed.ts';
import { findRun, type KnownRuns } from '../src/core/run/find-run.ts';
import type { Run } from '../src/core/run/run.ts';
import { quoted } from '../src/core/text/quoted.ts';

export interface Retries extends KnownRuns {
  /** Creates a new run of the same commit, from the first stage that did not pass. An equal key means the same request. */
  retry(id: string, by: string, key: string): Promise<{ run: Run; isNew: boolean }>;
}

export interface TriesAgain {
  /** Retries a failed part of a release: an image by its name, or `github`. @throws UserError */
  tryAgain(id: string, part: string): Promise<Run>;
}

export const retry = (pipeline: Retries, decisions: TriesAgain): Command => ({
  name: 'retry',
  usage: 'retry <run> [part]',
  summary: 'Start a new run of the same commit, from the first stage that did not pass; or retry one part of its release.',
  examples: ['retry runner-142', 'retry runner-142 github'],
  access: 'operator',
  audited: true,
  async run({ words: [word = '', part], user, key }) {
    const run = findRun(pipeline, word);
    if (part !== undefined) {
      await decisions.tryAgain(run.id, part);
      return { kind: 'text', text: `Retrying ${quoted(part)} of ${run.id}.` };
    }
    const why = retryRefusal(run);
    if (why !== undefined) throw new UserError(why);
    return { kind: 'started', ...(await pipeline.retry(run.id, user, key)) };
  },
});
