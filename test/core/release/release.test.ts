import test from 'ava';
import type { ApprovalRules, ReleaseStage } from '../../../src/core/config.ts';
import { canMeet } from '../../../src/core/git/branch-patterns.ts';
import { type CastVote, judgeApproval, judgeRejection, type VoteRefusal } from '../../../src/core/release/approval.ts';
import { type NotedCommit, releaseNotes } from '../../../src/core/release/notes.ts';
import { notOffered } from '../../../src/core/release/release-branches.ts';
import type { ReleaseRun } from '../../../src/core/run/release-run.ts';
import type { Run } from '../../../src/core/run/run.ts';
import { aRepository } from '../../pipeline/releasing.ts';
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
const ballot = (over: Partial<CastVote> = {}): CastVote => ({ by: 'U2', at: at(50), role: approver, own: ['U1'], ...over });
const shown = { commit: '1111111', tag: 'v0.14.3' };

const refuses = test.macro({
  exec(t, judged: Run, cast: CastVote, why: VoteRefusal, sentence: RegExp, given: ApprovalRules = rules) {
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
  'a commit of unknown author, by somebody who may have written it',
  refuses,
  run(),
  ballot({ perhapsOwn: ['U2'] }),
  'self',
  /^Who wrote the commit of app-1 is unknown, and it may be you, so your vote does not count: another approver must vote, or /,
);
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

const commit = (subject: string, over: Partial<NotedCommit> = {}): NotedCommit => ({ sha: 'a'.repeat(40), subject, ...over });

test('commits stand under what they are, the newest first', (t) => {
  const commits = [
    commit('feat(queue): take turns', { author: 'Ada' }),
    commit('docs: say how'),
    commit('Feat: wait'),
    commit('fix: count again'),
    commit('perf: half the time'),
    commit('chore: sweep'),
    commit('Give jobs to GPUs in turn'),
    commit('feat!: drop the old key'),
  ];
  t.is(
    releaseNotes(commits),
    `## Breaking changes

- drop the old key (aaaaaaa)

## Features

- wait (aaaaaaa)
- **queue:** take turns (aaaaaaa, Ada)

## Fixes

- count again (aaaaaaa)

## Performance

- half the time (aaaaaaa)

## Documentation

- say how (aaaaaaa)

## Other changes

- Give jobs to GPUs in turn (aaaaaaa)
- sweep (aaaaaaa)`,
  );
});

test('what breaks is told in the words of its footer', (t) => {
  for (const name of ['BREAKING CHANGE', 'BREAKING-CHANGE'])
    t.is(
      releaseNotes([commit('fix(api): mend', { body: `Because.\n\n${name}: \`port\` is a number now\nRefs: 1` })]),
      '## Breaking changes\n\n- **api:** mend (aaaaaaa)\n  \\`port\\` is a number now',
    );
  t.regex(releaseNotes([commit('fix: mend', { body: 'This is no BREAKING CHANGE: it only mends' })]), /## Fixes/);
});

const shownNotes = test.macro((t, subject: string, text: string) =>
  t.is(releaseNotes([commit(subject)]), `## Other changes\n\n- ${text} (aaaaaaa)`),
);
test('nobody is mentioned', shownNotes, 'thank @everyone', 'thank @\u200beveryone');
test('no HTML', shownNotes, '<img src=x onerror=y> &amp;', '\\<img src=x onerror=y\\> \\&amp;');
test('no comment that hides the rest', shownNotes, '<!-- coxswain-run: a -->', '\\<!-- coxswain-run: a --\\>');
test('no link and no picture', shownNotes, '![here](http://a.example)', '!\\[here\\](http://a.example)');
test('no emphasis and no code', shownNotes, '*a* __b__ ~~c~~ `d` \\e', '\\*a\\* \\_\\_b\\_\\_ \\~\\~c\\~\\~ \\`d\\` \\\\e');
test('no heading', shownNotes, '# 1', '\\# 1');
test('no list in the list', shownNotes, '- item', '\\- item');
test('no number of a list', shownNotes, '1. item', '1\\. item');
test('versions and numbers of issues stay readable', shownNotes, 'Take undici 8.13.1 (#12)', 'Take undici 8.13.1 (#12)');
test('one line, whatever it was', shownNotes, 'a\u2028b\tc\u0007\u202ed', 'a b c\\\\u{7}\\\\u{202e}d');

test('merges are left out', (t) => {
  const subjects = ['Merge pull request #1 from ada/x', "Merge branch 'main'", 'Merge the two queues'];
  t.is(releaseNotes(subjects.map((subject) => commit(subject))), '## Other changes\n\n- Merge the two queues (aaaaaaa)');
});

test('no commits, no notes', (t) => {
  t.is(releaseNotes([]), '');
  t.is(releaseNotes([commit("Merge branch 'x'")]), '');
});

test('many commits are cut, and counted', (t) => {
  const many = Array.from({ length: 300 }, (_, number) => commit(`change ${number}`));
  const notes = releaseNotes(many, 5_000);
  t.regex(notes, /^## Other changes\n\n- change 299 /);
  t.regex(notes, /\n- change 100 \(aaaaaaa\)\n\n… and 4800 older commits\.$/);
  t.regex(releaseNotes(many.slice(0, 201)), /… and 1 older commit\.$/);
});

test('a long subject is cut between characters', (t) => {
  const notes = releaseNotes([commit('😀'.repeat(400))]);
  t.is(notes, `## Other changes\n\n- ${'😀'.repeat(299)}… (aaaaaaa)`);
});

const meet = test.macro((t, a: string, b: string, can: boolean) => {
  t.is(canMeet(a, b), can);
  t.is(canMeet(b, a), can);
});
test('a name meets itself', meet, 'main', 'main', true);
test('a name meets no other', meet, 'main', 'mai', false);
test('a name meets a glob that it fits', meet, 'release/1.2', 'release/*', true);
test('* does not cross a slash', meet, 'release/1/2', 'release/*', false);
test('** does', meet, 'release/1/2', 'release/**', true);
test('two globs meet in a name of which neither is made', meet, 'a*c', 'ab*', true);
test('two globs of other beginnings do not meet', meet, 'release/*', 'feature/*', false);
test('? is one character and no slash', meet, 'v?', 'v/', false);
test('everything meets **', meet, '**', 'a/?b*', true);
test('many stars take no time', meet, '*a'.repeat(60), '*b'.repeat(60), false);

test('releases come from the first of the branches, where nothing else is said', (t) => {
  const { release } = aRepository();
  const { branches: _named, ...usual } = release ?? {};
  const watched = { branches: ['main', 'feature/*'], release: usual as ReleaseStage };
  t.is(notOffered(watched, 'main'), undefined);
  t.regex(
    notOffered(watched, 'feature/x') ?? '',
    /^releases come from `main` \(`release\.branches` .*\), and this branch is `feature\/x`$/,
  );
  t.is(notOffered({ ...watched, branches: ['release/*', 'main'] }, 'release/1'), undefined);
});

test('releases come from the branches that are named', (t) => {
  const named = { ...aRepository({ branches: ['main', 'release/*'] }), branches: ['**'] };
  t.is(notOffered(named, 'release/1'), undefined);
  t.not(notOffered(named, 'release/1/x'), undefined);
  t.not(notOffered(named, 'ma\u200bin'), undefined);
});

test('where there are no releases, none is refused', (t) => {
  const { release: _none, ...without } = aRepository();
  t.is(notOffered(without, 'x'), undefined);
});
