import test from 'ava';
import { answerOf } from '../../src/clients/slack/inbound/answer.ts';
import type { MembershipCheck } from '../../src/core/people/membership.ts';
import { releaseView } from '../messages/releases.ts';
import { rules, shown } from './approval-rules.ts';
import { ada, asking, door, guest, lin } from './door.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const asked = (user: string, at = new Date()) => ({ user, channel: 'C0123CICD', key: `${user} ${at.getTime()}`, at });

for (const { name, now, by, word, sees, outcome, ...options } of rules) {
  test(`typed: ${name}`, async (t) => {
    const { answer, audit, present } = door(now(shown), options);
    const before = present();
    const line = `${word} runner-142 3f2a1bc v0.14.3${word === 'reject' ? ' too slow' : ''}`;
    const {
      message: { text },
    } = await answerOf({ answer, viewOf: () => releaseView, log }, line, asked(by));
    t.regex(text, sees);
    t.is(audit.length, 1);
    t.like(audit[0], { by, channel: 'C0123CICD', said: line, run: 'runner-142', outcome });
    t.is(present() === before, outcome === 'refused');
  });
}

const strangers = { commit: { ...shown.commit, author: { name: 'Grace', email: 'stranger@example.com' } } };

test('a vote counts by the moment of the act, to the millisecond', async (t) => {
  const run = asking(strangers);
  const end = Date.parse(run.release?.expiresAt ?? '');
  const { answer, audit } = door(run);
  await t.throwsAsync(answer('approve runner-142', asked(lin, new Date(end))), { message: /The vote on .* ended/ });
  t.like(await answer('approve runner-142', asked(lin, new Date(end - 1))), { kind: 'voted', missing: 1 });
  t.deepEqual(
    audit.map(({ at, outcome }) => [Date.parse(at) - end, outcome]),
    [
      [0, 'refused'],
      [-1, 'done'],
    ],
  );
});

test('two people who vote at once are two votes, and one who does so twice is one', async (t) => {
  const { answer, present } = door(asking(strangers));
  const votes = [ada, lin, lin].map((user) => answer('approve runner-142', asked(user)).catch(() => undefined));
  await Promise.all(votes);
  t.like(present(), { state: 'approved', release: { votes: [{ by: lin }, { by: ada }] } });
});

test('notes keep their lines and quotation marks, typed as they are or as one word', async (t) => {
  const { answer, present } = door(asking());
  await answer('notes runner-142 ## Fixes\n- "a" of it\n- b\n', asked(lin));
  t.is(present().release?.notes, '## Fixes\n- "a" of it\n- b');
  await answer('notes runner-142 3f2a1bc v0.14.3 - a\n- b', asked(lin));
  t.is(present().release?.notes, '- a\n- b');
});

const votedBy = (by: string) => {
  const run = asking(strangers);
  return { ...run, ...(run.release && { release: { ...run.release, votes: [{ by, at: '' }] } }) };
};

test('votes before the notes were edited are void, and who cast them may vote again', async (t) => {
  const { answer, present } = door(votedBy(lin));
  await answer('notes runner-142 "by hand"', asked(ada));
  t.deepEqual(present().release?.votes, []);
  t.like(await answer('approve runner-142', asked(lin)), { kind: 'voted', complete: false, missing: 1 });
});

test('the vote of somebody who is no approver any more is void when the next one comes', async (t) => {
  const { answer, present } = door(votedBy(guest));
  t.like(await answer('approve runner-142', asked(lin)), { kind: 'voted', complete: false, missing: 1 });
  t.like(present(), { state: 'passed', release: { votes: [{ by: lin }] } });
});

test('while Slack does not say who is in a group, the votes of its members stand, and none decides together with them', async (t) => {
  const silent = { members: () => Promise.reject(new Error('ratelimited')) };
  const { answer, present } = door(votedBy(ada), silent);
  await t.throwsAsync(answer('approve runner-142', asked(lin)), {
    message: /^Your vote would be the last one, but Slack did not tell whether <@U0123ADA> may still approve\. Nothing was done: try again/,
  });
  t.like(present(), { state: 'passed', release: { votes: [{ by: ada }] } });
  const three = door(votedBy(ada), { ...silent, rules: { votes: 3 } });
  t.like(await three.answer('approve runner-142', asked(lin)), { kind: 'voted', complete: false });
});

test('while Slack does not say who is in a group, it is not said that its members may not vote', async (t) => {
  const { answer } = door(asking(strangers), { members: () => Promise.reject(new Error('ratelimited')) });
  await t.throwsAsync(answer('approve runner-142', asked(ada)), {
    message:
      /^It is not known whether you may approve releases: .*Slack did not return the members of <!subteam\^S0123OPS> \(ratelimited\)\. Nothing was done/,
  });
  await t.throwsAsync(answer('freeze an incident', asked(guest)), { message: /you are neither/ });
});

test('the vote of an account that is deactivated meanwhile is void when the next one comes', async (t) => {
  const membership: MembershipCheck = async (user) => ({ kind: user === ada ? 'nobody' : 'member' });
  const { answer, present } = door(votedBy(ada), { standing: membership });
  t.like(await answer('approve runner-142', asked(lin)), { kind: 'voted', complete: false, missing: 1 });
  t.like(present(), { state: 'passed', release: { votes: [{ by: lin }] } });
});

test('while releases are frozen no part is tried again', async (t) => {
  const run = { ...asking(), state: 'releasing' as const };
  const failed = { ...run, ...(run.release && { release: { ...run.release, github: { state: 'failed' as const } } }) };
  const { answer, present } = door(failed, { freezes: [{ reason: 'the fair', by: lin, at: '' }] });
  await t.throwsAsync(answer('retry runner-142 github', asked(ada)), { message: /Releases are frozen by <@U0456LIN>: the fair/ });
  t.is(present().release?.github?.state, 'failed');
  await answer('unfreeze', asked(ada));
  await answer('retry runner-142 github', asked(ada));
  t.is(present().release?.github?.state, 'waiting');
});

test('a rejection is kept with its reason, and is the end', async (t) => {
  const { answer, present } = door(asking());
  t.like(await answer('reject runner-142 too slow', asked(lin)), { kind: 'rejected' });
  t.like(present(), { state: 'rejected', release: { rejected: { by: lin, reason: 'too slow' } } });
  await t.throwsAsync(answer('approve runner-142', asked(ada)), { message: /it is rejected/ });
});

test('notes are shown as they would be made, replaced, and shown as they are', async (t) => {
  const { answer, audit } = door(asking(), { notes: 'made' });
  t.like(await answer('notes runner-142', asked(lin)), { kind: 'asks', text: 'made' });
  t.deepEqual(await answer('notes runner-142 "by hand"', asked(lin)), {
    kind: 'text',
    text: 'The notes of v0.14.3 (runner-142) have been replaced.',
  });
  t.like(await answer('notes runner-142', asked(ada)), { kind: 'asks', text: 'by hand' });
  await t.throwsAsync(answer('notes runner-142 mine', asked(guest)), { message: /may not approve/ });
  t.deepEqual(
    audit.map(({ said, outcome }) => [said, outcome]),
    [
      ['notes runner-142 by hand', 'done'],
      ['notes runner-142 mine', 'refused'],
    ],
  );
});

test('who is asked for a reason has decided nothing yet, and who may not reject is not asked', async (t) => {
  const { answer, audit } = door(asking());
  t.like(await answer('reject runner-142', asked(lin)), { kind: 'asks' });
  t.deepEqual(audit, []);
  await t.throwsAsync(answer('reject runner-142', asked(guest)), { message: /may not approve/ });
  t.like(audit, [{ by: guest, outcome: 'refused' }]);
});

test('the audit tells it all, refused ones too', async (t) => {
  const { answer } = door(asking(strangers));
  await answer('approve runner-142', asked(lin));
  await answer('approve runner-142', asked(guest)).catch(() => undefined);
  await answer('freeze the fair', asked(ada));
  const {
    message: { text },
  } = await answerOf({ answer, viewOf: () => releaseView, log }, 'audit', asked(guest));
  const lines = text.split('\n').map((line) => line.replace(/<!date[^>]*>/, 'now'));
  t.deepEqual(lines, [
    '*Decisions*, newest first',
    '• now · <@U0123ADA> in <#C0123CICD>: `freeze the fair` · done',
    '• now · <@U0789GUEST> in <#C0123CICD>: `approve runner-142` · refused: You may not approve or reject releases: approvals.of lists U0456LIN, S0123OPS, and you are not among them. Ask one of them.',
    '• now · <@U0456LIN> in <#C0123CICD>: `approve runner-142` · done',
  ]);
});
