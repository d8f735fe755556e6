import test, { type ExecutionContext } from 'ava';
import type { Run } from '../../../../src/core/run/run.ts';
import { rules, shown } from '../../../commands/approval-rules.ts';
import { ada, asking, type DoorOptions, door, lin } from '../../../commands/door.ts';
import { releaseView } from '../../../messages/releases.ts';
import { appFor } from '../world.ts';

/** The bot with one run that waits for votes and is shown in the channel. `now`: what the run is by the time that somebody presses. */
async function deciding(t: ExecutionContext, now: Run = shown, options: DoorOptions = {}) {
  const behind = door(now, options);
  const world = await appFor(t, behind.answer, {}, releaseView);
  const { ts } = await world.board.post(shown);
  const told = (user: string, at = 0) => world.slack.until(() => world.slack.ephemerals(user)[at]?.text);
  return { ...behind, ...world, ts, told };
}

for (const { name, now, by, word, sees, outcome, ...options } of rules) {
  test(`pressed: ${name}`, async (t) => {
    const { slack, ts, told, audit } = await deciding(t, now(shown), options);
    t.deepEqual(await slack.press(by, { ts, action: word === 'reject' ? 'ask:reject' : 'approve' }), { ok: true });
    t.regex((await told(by)).replace(/<!date[^>]*>/, 'then'), sees);
    t.like(audit, [{ by, said: `${word} runner-142 3f2a1bc v0.14.3`, outcome }]);
    t.deepEqual(slack.modals(by), []);
  });
}

const byHand = (text: string) => ({ text });

test('a rejection asks for the reason in a form, and carries it through the same door', async (t) => {
  const { slack, ts, told, audit, present } = await deciding(t);
  await slack.press(lin, { ts, action: 'Reject' });
  await slack.until(() => slack.modals(lin)[0]);
  t.like(await slack.submitView(lin, byHand('too "slow"\non two GPUs')), { ok: true });
  t.regex(await told(lin), /^runner-142 was rejected by <@U0456LIN>/);
  t.like(present(), { state: 'rejected', release: { rejected: { by: lin, reason: 'too "slow" on two GPUs' } } });
  t.deepEqual(slack.modals(lin), []);
  t.like(audit, [
    { by: lin, channel: slack.channel('ci').id, said: 'reject runner-142 3f2a1bc v0.14.3 too "slow" on two GPUs', outcome: 'done' },
  ]);
});

test('a form that is no longer right is refused in the form, which stays open with its text', async (t) => {
  const { slack, ts, book, present } = await deciding(t);
  await slack.press(lin, { ts, action: 'Reject' });
  await slack.until(() => slack.modals(lin)[0]);
  await book.change('runner-142', (run) => ({ ...run, ...(run.release && { release: { ...run.release, tag: 'v0.14.4' } }) }));
  t.deepEqual(await slack.submitView(lin, byHand('too slow')), { ok: false, error: 'errors' });
  const [view] = slack.modals(lin);
  t.regex(view?.errors?.answer ?? '', /^What you were shown \(3f2a1bc, v0\.14\.3\) is no longer what would be released/);
  t.is(present().state, 'passed');
  t.deepEqual(slack.ephemerals(lin), []);
});

test('a form that comes too late says until when there was time, without markup', async (t) => {
  const { slack, ts, book } = await deciding(t);
  await slack.press(lin, { ts, action: 'Reject' });
  await slack.until(() => slack.modals(lin)[0]);
  const expiresAt = '2026-01-01T10:00:00.000Z';
  await book.change('runner-142', (run) => ({ ...run, ...(run.release && { release: { ...run.release, expiresAt } }) }));
  await slack.submitView(lin, byHand('too slow'));
  t.regex(slack.modals(lin)[0]?.errors?.answer ?? '', /ended at 2026-01-01 10:00 UTC\. 'run studio-go-runner main'/);
});

test('notes are edited in a form that holds them, line ends included', async (t) => {
  const { slack, ts, told, present } = await deciding(t, shown, { notes: '## Features\n\n- stop <early>' });
  await slack.press(ada, { ts, action: 'Edit notes' });
  const view = await slack.until(() => slack.modals(ada)[0]);
  t.regex(JSON.stringify(view.blocks), /"initial_value":"## Features\\n\\n- stop <early>"/);
  await slack.submitView(ada, byHand('## Features\n\n- «stop» <!channel> "early"'));
  t.is(await told(ada), 'The notes of v0.14.3 (runner-142) have been replaced.');
  t.is(present().release?.notes, '## Features\n\n- «stop» <!channel> "early"');
  t.deepEqual(slack.pings(), []);
});

test('notes that no form holds are not cut: the form says where to edit them', async (t) => {
  const { slack, ts } = await deciding(t, shown, { notes: 'x'.repeat(3001) });
  await slack.press(ada, { ts, action: 'Edit notes' });
  const view = await slack.until(() => slack.modals(ada)[0]);
  t.regex(JSON.stringify(view.blocks), /The notes are 3001 characters long.*Edit them on GitHub once the release is out/);
  t.notRegex(JSON.stringify(view.blocks), /"type":"input"/);
});

test('where Slack opens no form, the person is told what to type', async (t) => {
  const { slack, ts, told } = await deciding(t);
  slack.faults.failNext('views.open', 'expired_trigger_id');
  await slack.press(lin, { ts, action: 'Reject' });
  t.is(await told(lin), 'Why should *v0.14.3* (runner-142) not be released? Say `reject runner-142 &lt;reason&gt;`');
});

test('a form without a text is not sent, and one that is closed decides nothing', async (t) => {
  const { slack, ts, audit } = await deciding(t);
  await slack.press(lin, { ts, action: 'Reject' });
  await slack.until(() => slack.modals(lin)[0]);
  t.deepEqual(await slack.submitView(lin), { ok: false, error: 'errors' });
  await slack.closeView(lin);
  t.deepEqual(audit, []);
});

test('typed commands answer in words where buttons open a form', async (t) => {
  const { slack, told } = await deciding(t);
  await slack.type(lin, 'ci', '/cox reject runner-142');
  t.regex(await told(lin), /Say `reject runner-142/);
  t.deepEqual(slack.modals(lin), []);
});

test('an answer that takes longer than Slack waits comes after the form has closed', async (t) => {
  const late = Promise.withResolvers<void>();
  const behind = door(asking());
  const { slack, board } = await appFor(
    t,
    async (text, asked) => {
      if (text.includes('too slow')) await late.promise;
      return behind.answer(text, asked);
    },
    {},
    releaseView,
  );
  const { ts } = await board.post(shown);
  await slack.press(lin, { ts, action: 'Reject' });
  await slack.until(() => slack.modals(lin)[0]);
  t.deepEqual(await slack.submitView(lin, byHand('too slow')), { ok: true });
  await behind.book.change('runner-142', (run) => ({ ...run, state: 'approved' }));
  late.resolve();
  t.regex(await slack.until(() => slack.ephemerals(lin)[0]?.text), /cannot be approved or rejected: it is approved/);
});

test('the call for votes rings those who may approve, the message of the run nobody', async (t) => {
  const { slack, board, ts } = await deciding(t);
  t.deepEqual(slack.pings(), []);
  const at = { channel: slack.channel('ci').id, ts };
  const item = { key: 'request', kind: 'request', stage: 'release', state: 'pending' } as const;
  t.false(await board.hasReply(shown, at, item));
  await board.reply(shown, at, item);
  t.true(await board.hasReply(shown, at, item));
  t.regex(slack.replies(ts)[0]?.text ?? '', /^runner-142 needs approval for v0\.14\.3/);
  t.deepEqual(
    slack.pings().map(({ mention }) => mention),
    ['<@U0456LIN>', '<@U0789MAX>', '<!subteam^S0123REL>'],
  );
});
