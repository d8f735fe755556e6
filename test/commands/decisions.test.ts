import test from 'ava';
import { asWord } from '../../src/core/command/tokenize.ts';
import { UserError } from '../../src/core/errors.ts';
import { releases } from '../messages/releases.ts';
import { askedAt, bot, known } from './pipeline.ts';

const asking = releases['waits for its first vote'];
const runs = [...known, asking, { ...releases['has a failed image'], id: 'runner-150' }];
const shown = { commit: '3f2a1bc', tag: 'v0.14.3' };
const said = { id: 'runner-142', by: 'U0123ADA', at: askedAt };

const does = test.macro(async (t, text: string, wanted: object) => {
  const { say, done } = bot(runs);
  await say(text);
  t.deepEqual(done, [wanted]);
});

test('a vote may be given without what was shown', does, 'approve runner-142', { approve: said });
test('a vote carries what was shown', does, 'approve runner-142 3f2a1bc v0.14.3', { approve: { ...said, shown } });
test('a longer commit is the same one', does, `approve runner-142 ${asking.commit.sha} v0.14.3`, { approve: { ...said, shown } });
test('a longer commit that goes on differently is another one', does, 'approve runner-142 3f2a1bcfff v0.14.3', {
  approve: { ...said, shown: { ...shown, commit: '3f2a1bcfff' } },
});
test('a rejection says why', does, 'reject runner-142 too slow', { reject: said, reason: 'too slow' });
test('a rejection carries what was shown', does, 'reject runner-142 3f2a1bc v0.14.3 too slow', {
  reject: { ...said, shown },
  reason: 'too slow',
});
test('words that only look like a commit belong to the reason', does, 'reject runner-142 deadbeef crashes it', {
  reject: said,
  reason: 'deadbeef crashes it',
});
test('notes replace the old ones, line ends and quotation marks included', does, `notes runner-142 ${asWord('a "b"\n\n- c » d')}`, {
  edit: said,
  text: 'a "b"\n\n- c » d',
});
test('a part of a release is tried again', does, 'retry runner-150 release-azure', { tryAgain: 'runner-150', part: 'release-azure' });
test('the audit is asked for all', does, 'audit', { audit: undefined, most: 20 });
test('the audit is asked for one run', does, 'audit runner-142', { audit: 'runner-142', most: 20 });
const frozen = { by: 'U0123ADA', at: askedAt.toISOString() };
test('a freeze of a repository', does, 'freeze tools the fair', { freeze: { ...frozen, repository: 'tools', reason: 'the fair' } });
test('a freeze of a repository by its short name', does, 'freeze runner the fair', {
  freeze: { ...frozen, repository: 'studio-go-runner', reason: 'the fair' },
});
test('a freeze of all, for a reason of one word', does, 'freeze incident', { freeze: { ...frozen, reason: 'incident' } });

test('what is still needed is asked for, bound to what would be released now', async (t) => {
  const { say, done } = bot(runs);
  const asks = { kind: 'asks', says: 'reject runner-142 3f2a1bc v0.14.3', what: 'reason', text: '' };
  t.like(await say('reject runner-142'), asks);
  t.like(await say('reject runner-142 3f2a1bc v0.14.3'), asks);
  t.like(await say('notes runner-142'), { kind: 'asks', says: 'notes runner-142 3f2a1bc v0.14.3', what: 'notes', text: 'as they are' });
  t.deepEqual(done, []);
});

test('a freeze ends by name, and what is still frozen is told', async (t) => {
  const { say } = bot(runs);
  await say('freeze tools the fair');
  t.like(await say('freeze an incident'), { kind: 'frozen', freezes: [{ repository: 'tools' }, { reason: 'an incident' }] });
  t.deepEqual(
    await say('unfreeze runner').catch(String),
    'UserError: `studio-go-runner` has no freeze of its own. To lift the current freezes: `unfreeze tools`, `unfreeze`.',
  );
  t.like(await say('unfreeze'), { kind: 'frozen', freezes: [{ repository: 'tools' }] });
  t.like(await say('unfreeze tools'), { kind: 'frozen', freezes: [] });
});

test('who approves the releases of a repository freezes those, and no others', async (t) => {
  const { say } = bot(runs);
  t.like(await say('freeze tools the fair', 'U0456LIN'), { kind: 'frozen', freezes: [{ repository: 'tools', by: 'U0456LIN' }] });
  t.like(await say('unfreeze tools', 'U0456LIN'), { kind: 'frozen', freezes: [] });
});

test('a vote while releases are frozen says by whom and why', async (t) => {
  const { say } = bot(runs);
  await say('freeze the fair');
  t.like(await say('approve runner-142'), { kind: 'voted', complete: false, missing: 2, frozen: { by: 'U0123ADA', reason: 'the fair' } });
});

const refuses = test.macro(async (t, text: string, message: RegExp, user?: string) => {
  const { say, done } = bot(runs);
  await t.throwsAsync(say(text, user), { instanceOf: UserError, message });
  t.deepEqual(done, []);
});

test('a commit without a tag', refuses, 'approve runner-142 3f2a1bc', /takes a commit and a tag as they were shown, or neither/);
test('a vote for a run that is none', refuses, 'approve runner-142x', /no run `runner-142x`\. Did you mean `runner-142`/);
test('a freeze without a reason', refuses, 'freeze tools', /needs a reason/);
test('a freeze of nothing', refuses, 'freeze', /`freeze` needs <reason…>/);
test('the end of no freeze', refuses, 'unfreeze', /No releases are frozen\./);
test(
  'a freeze by a guest',
  refuses,
  'freeze runner the fair',
  /for operators and approvers, and you are neither: only Ada is; only Ada is/,
  'U9',
);
test(
  'a freeze of a repository with approvers of its own by a guest',
  refuses,
  'freeze tools the fair',
  /^`freeze tools` is for operators and approvers, and you are neither: only Ada is; only Ada is; only Lin is\.$/,
  'U9',
);
test(
  'a freeze of all by who approves the releases of one repository',
  refuses,
  'freeze the fair',
  /^`freeze` is for operators/,
  'U0456LIN',
);
test('a freeze of another repository by who approves those of one', refuses, 'freeze runner the fair', /^`freeze studio/, 'U0456LIN');
test('the end of all freezes by who approves the releases of one repository', refuses, 'unfreeze', /^`unfreeze` is for/, 'U0456LIN');
test('the end of a freeze by a guest', refuses, 'unfreeze tools', /for operators and approvers/, 'U9');
test('a retry of a whole release under way', refuses, 'retry runner-150', /name the part to retry\. `retry runner-150 release-azure`/);
test('a retry of a part by a guest', refuses, 'retry runner-150 release-azure', /for operators/, 'U9');
