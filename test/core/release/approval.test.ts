import test from 'ava';
import type { ApprovalRules } from '../../../src/core/config.ts';
import { type Ballot, judgeApproval, judgeRejection, type Refusal } from '../../../src/core/release/approval.ts';
import type { ReleaseRun } from '../../../src/core/run/release-run.ts';
import type { Run } from '../../../src/core/run/run.ts';
import { aRun, at } from '../../pipeline/world.ts';

const rules: ApprovalRules = { votes: 1, of: [], expires: 1000, self: false };
const release: ReleaseRun = {
  version: '0.14.3',
  tag: 'v0.14.3',
  requiredVotes: 1,
  votes: [],
  openedAt: at(0).toISOString(),
  expiresAt: at(100).toISOString(),
};
const approver = { allowed: true, why: 'people.approvers names U2' };
const stranger = { allowed: false, why: 'people.approvers lists <@U2>, and you are not among them', next: 'Ask one of them.' };
const run = (over: Partial<ReleaseRun> = {}, more: Partial<Run> = {}) =>
  aRun(1, { state: 'passed', release: { ...release, ...over }, ...more });
const ballot = (over: Partial<Ballot> = {}): Ballot => ({ by: 'U2', at: at(50), role: approver, own: ['U1'], ...over });
const shown = { commit: '1111111', tag: 'v0.14.3' };

const refuses = test.macro({
  exec(t, judged: Run, cast: Ballot, why: Refusal, sentence: RegExp, given: ApprovalRules = rules) {
    const judgement = judgeApproval(judged, given, cast);
    if (judgement.taken) return t.fail('the vote was taken');
    t.is(judgement.why, why);
    t.regex(judgement.sentence, sentence);
  },
  title: (name) => `refused: ${name}`,
});

test('a vote of another approver is taken and is enough', (t) => {
  t.deepEqual(judgeApproval(run(), rules, ballot({ shown })), { taken: true, complete: true });
});

test('of two votes that are needed the first is taken and not enough, the second is', (t) => {
  const two = { ...rules, votes: 2 };
  t.deepEqual(judgeApproval(run(), two, ballot()), { taken: true, complete: false });
  t.deepEqual(judgeApproval(run({ votes: [{ by: 'U3', at: '' }] }), two, ballot()), { taken: true, complete: true });
});

test(
  'somebody without the role',
  refuses,
  run(),
  ballot({ role: stranger }),
  'role',
  /^You may not approve or reject releases: people\.approvers lists <@U2>, and you are not among them\. Ask one of them\.$/,
);
test('one’s own run', refuses, run(), ballot({ by: 'U1' }), 'self', /wrote its commit, so your vote does not count/);
test(
  'a second vote of the same person',
  refuses,
  run({ votes: [{ by: 'U2', at: '' }] }),
  ballot(),
  'again',
  /You have already approved app-1/,
);
test('at the very moment of expiry', refuses, run(), ballot({ at: at(100) }), 'expired', /The vote on app-1 ended at 2026/);
test(
  'a run that a newer one has superseded',
  refuses,
  run({}, { state: 'superseded', supersededBy: 'app-2' }),
  ballot(),
  'state',
  /it is superseded by app-2/,
);
test('a run that is approved already', refuses, run({}, { state: 'approved' }), ballot(), 'state', /it is approved/);
test('a run without a release', refuses, aRun(1, { state: 'passed' }), ballot(), 'state', /has nothing to release/);
test(
  'an old button that shows another tag',
  refuses,
  run({ tag: 'v0.14.4' }),
  ballot({ shown }),
  'binding',
  /What you were shown \(1111111, v0\.14\.3\) is no longer what would be released: 1111111, v0\.14\.4/,
);
test('an old button that shows another commit', refuses, run(), ballot({ shown: { ...shown, commit: 'abcdef0' } }), 'binding', /abcdef0/);
test(
  'whoever may not vote learns nothing of the rest',
  refuses,
  run({}, { state: 'released' }),
  ballot({ role: stranger, at: at(999) }),
  'role',
  /may not approve/,
);

test('a vote a millisecond before expiry is taken', (t) => {
  t.true(judgeApproval(run(), rules, ballot({ at: new Date(at(100).getTime() - 1) })).taken);
});

test('one’s own run may be approved where the rules allow it, and rejected always', (t) => {
  t.true(judgeApproval(run(), { ...rules, self: true }, ballot({ by: 'U1' })).taken);
  t.true(judgeRejection(run(), ballot({ by: 'U1' })).taken);
  t.false(judgeRejection(run(), ballot({ role: stranger })).taken);
});

test('a branch that is named as a mention rings nobody', (t) => {
  const late = judgeApproval({ ...run(), branch: 'x`-<@U0ADMIN>-`y' }, rules, ballot({ at: at(100) }));
  t.regex(late.taken ? '' : late.sentence, /`run \S+ x'-<@U0ADMIN>-'y` starts a new run\.$/);
});
