import type { Command } from '../src/core/command/command.ts';
import { type Shown, shownIn } from '../src/core/command/shown.ts';
import { UserError } from '../src/core/errors.ts';
import { type Freeze, freezeOf } from '../src/core/release/freeze.ts';
import { findRun, type KnownRuns } from '../src/core/run/find-run.ts';
import type { Run } from '../src/core/run/run.ts';

/** A user's decision about a release, and what that user was shown. */
export interface Decision {
  readonly id: string;
  /** Slack user id. */
  readonly by: string;
  readonly at: Date;
  readonly shown?: Shown;
}

export interface Approves {
  /** Counts a vote; `complete`: it was the last one needed. @throws UserError with the refusal message */
  approve(decision: Decision): Promise<{ run: Run; complete: boolean }>;
}

export const approve = (runs: KnownRuns, decisions: Approves, freezes: { list(): readonly Freeze[] }): Command => ({
  name: 'approve',
  usage: 'approve <run> [commit] [tag]',
  summary: 'Vote for the release of a run; with a commit and tag, only if they are still what would be released.',
  examples: ['approve runner-142', 'approve runner-142 3f2a1bc v0.14.3'],
  access: 'anyone',
  who: 'approvers',
  audited: true,
  async run({ words: [word = '', ...more], user, at }) {
    const found = findRun(runs, word);
    const { shown, rest } = shownIn(found, more);
    if (rest.length > 0) throw new UserError('`approve` takes a commit and a tag as they were shown, or neither: `approve runner-142`.');
    const { run, complete } = await decisions.approve({ id: found.id, by: user, at, ...(shown && { shown }) });
    const { requiredVotes = 0, votes = [] } = run.release ?? {};
    const frozen = freezeOf(freezes.list(), run.repository);
    return { kind: 'voted', run, complete, missing: complete ? 0 : requiredVotes - votes.length, ...(frozen && { frozen }) };
  },
});
