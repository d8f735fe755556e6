import type { Command } from '../src/core/command/command.ts';
import { reasonOf } from '../src/core/command/reason.ts';
import { shownIn } from '../src/core/command/shown.ts';
import { findRun, type KnownRuns } from '../src/core/run/find-run.ts';
import { type Run, shortSha } from '../src/core/run/run.ts';
import type { Decision } from './approve.ts';

export interface VoteChecks {
  /** The run, if the user could reject it now. @throws UserError with the refusal message */
  check(decision: Decision): Promise<Run>;
}

export interface Rejects extends VoteChecks {
  reject(decision: Decision, reason: string): Promise<Run>;
}

export const reject = (runs: KnownRuns, decisions: Rejects): Command => ({
  name: 'reject',
  usage: 'reject <run> [commit] [tag] [reason…]',
  summary: 'Reject the release of a run, and say why.',
  examples: ['reject runner-142 too slow on two GPUs'],
  access: 'anyone',
  who: 'approvers',
  audited: true,
  async run({ words: [word = '', ...more], typed, user, at }) {
    const found = findRun(runs, word);
    const { shown, rest } = shownIn(found, more);
    const decision = { id: found.id, by: user, at, ...(shown && { shown }) };
    const reason = reasonOf(typed, rest.length);
    if (reason !== '') return { kind: 'rejected', run: await decisions.reject(decision, reason) };
    const run = await decisions.check(decision);
    return { kind: 'asks', what: 'reason', run, says: saysAgain('reject', run), text: '' };
  },
});

/** The command text to extend, bound to what would be released now. */
export function saysAgain(name: string, run: Run): string {
  return `${name} ${run.id} ${shortSha(run.commit)} ${run.release?.tag ?? ''}`;
}
