import type { Run } from '../../src/core/run/run.ts';
import { ada, asking, type DoorOptions, guest, lin } from './door.ts';

/** One rule of approval: who says what while the run is so, and the sentence that the person sees. */
export interface Rule extends DoorOptions {
  readonly name: string;
  /** What the run is by the time that the button is pressed, which shows `3f2a1bc v0.14.3`. */
  readonly now: (run: Run) => Run;
  readonly by: string;
  readonly word: 'approve' | 'reject';
  readonly sees: RegExp;
  readonly outcome: 'done' | 'refused';
}

const same = (run: Run) => run;
const ofRelease = (change: object) => (run: Run) => (run.release ? { ...run, release: { ...run.release, ...change } } : run);
const linVoted = ofRelease({ votes: [{ by: lin, at: '' }] });
/** Its author has no e-mail that the configuration knows. */
const written = (run: Run, email: string): Run => ({ ...run, commit: { ...run.commit, author: { name: 'Grace', email } } });
const byStranger = (run: Run) => written(run, 'stranger@example.com');
const startedBy = (by: string) => (run: Run) => ({ ...byStranger(run), cause: { kind: 'command' as const, by, key: 'k' } });

const taken = { word: 'approve', outcome: 'done' } as const;
const refused = { word: 'approve', outcome: 'refused' } as const;
const stale = /^What you were shown \(3f2a1bc, v0\.14\.3\) is no longer what would be released: /;

export const rules: readonly Rule[] = [
  {
    ...taken,
    name: 'the first of two votes',
    now: byStranger,
    by: lin,
    sees: /^Vote counted: 1 more vote needed for \*v0\.14\.3\* \(runner-142\)\.$/,
  },
  {
    ...taken,
    name: 'the second vote, of a member of the group',
    now: linVoted,
    by: ada,
    sees: /^Vote counted: \*v0\.14\.3\* \(runner-142\) is approved\.$/,
  },
  {
    ...taken,
    name: 'a vote while releases are frozen',
    now: linVoted,
    by: ada,
    freezes: [{ reason: 'the fair', by: ada, at: '' }],
    sees: /is approved\. Releases are frozen by <@U0123ADA>: the fair$/,
  },
  { ...taken, name: 'one’s own run, where that is allowed', now: same, by: lin, rules: { self: true }, sees: /^Vote counted/ },
  {
    ...refused,
    name: 'somebody without the role',
    now: byStranger,
    by: guest,
    sees: /^You may not approve or reject releases: approvals\.of lists <@U0456LIN>, <!subteam\^S0123OPS>, and you are not among them\. Ask one of them\.$/,
  },
  {
    ...refused,
    name: 'who wrote the commit',
    now: same,
    by: lin,
    sees: /^You started runner-142 or wrote its commit, so your vote does not count; another approver must vote\.$/,
  },
  { ...refused, name: 'who started the run', now: startedBy(ada), by: ada, sees: /^You started runner-142 or wrote its commit/ },
  {
    ...refused,
    name: 'a second vote of the same person',
    now: (run) => linVoted(byStranger(run)),
    by: lin,
    sees: /^You have already approved runner-142\. 1 more vote is needed\.$/,
  },
  {
    ...refused,
    name: 'a vote after the time is over',
    now: (run) => ofRelease({ expiresAt: new Date(Date.now() - 1000).toISOString() })(byStranger(run)),
    by: lin,
    sees: /^The vote on runner-142 ended at .*\. `run studio-go-runner main` starts a new run\.$/,
  },
  {
    ...refused,
    name: 'a moved tag',
    now: (run) => ofRelease({ tag: 'v0.14.4' })(byStranger(run)),
    by: lin,
    sees: /^What you were shown .* be released: 3f2a1bc, v0\.14\.4\. Check that, then decide\.$/,
  },
  { ...refused, name: 'another commit', now: (run) => ({ ...run, commit: { sha: 'f'.repeat(40) } }), by: lin, sees: stale },
  {
    ...refused,
    name: 'a newer run has passed',
    now: (run) => ({ ...run, state: 'superseded', supersededBy: 'runner-143' }),
    by: ada,
    sees: /^runner-142 cannot be approved or rejected: it is superseded by runner-143\.$/,
  },
  {
    ...refused,
    name: 'it is approved already',
    now: (run) => ({ ...run, state: 'approved' }),
    by: ada,
    sees: /cannot be approved or rejected: it is approved\.$/,
  },
  {
    ...refused,
    name: 'it is out already',
    now: (run) => ({ ...run, state: 'released' }),
    by: ada,
    sees: /cannot be approved or rejected: it is released\.$/,
  },
  {
    ...refused,
    name: 'whoever may not vote learns nothing of the rest',
    now: (run) => ({ ...run, state: 'released' }),
    by: guest,
    sees: /^You may not approve or reject releases/,
  },
  {
    ...refused,
    name: 'nothing can be released',
    now: ofRelease({ problem: 'README.md has no version.' }),
    by: ada,
    sees: /^runner-142 cannot be released: README\.md has no version\.$/,
  },
  {
    ...refused,
    name: 'a rejection by somebody without the role',
    word: 'reject',
    now: same,
    by: guest,
    sees: /^You may not approve or reject releases/,
  },
  { ...refused, name: 'a rejection of what is no longer so', word: 'reject', now: ofRelease({ tag: 'v0.14.4' }), by: ada, sees: stale },
  {
    ...refused,
    name: 'a rejection of what is rejected',
    word: 'reject',
    now: (run) => ({ ...run, state: 'rejected' }),
    by: ada,
    sees: /it is rejected\.$/,
  },
];

/** What the message shows whose button is pressed. */
export const shown = asking();
