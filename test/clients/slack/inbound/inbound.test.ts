import { SocketModeReceiver } from '@slack/bolt';
import test, { type ExecutionContext } from 'ava';
import { survivingOddPayloads } from '../../../../src/clients/slack/connection.ts';
import { plainText, withoutMention } from '../../../../src/clients/slack/inbound/parsed-text.ts';
import { privately } from '../../../../src/clients/slack/outbound/deliver.ts';
import { slackMembers } from '../../../../src/clients/slack/people/members.ts';
import { slackLogger, slackWeb } from '../../../../src/clients/slack/web.ts';
import { RateLimited } from '../../../../src/core/chat.ts';
import type { Run } from '../../../../src/core/run/run.ts';
import { errorMessage } from '../../../../src/messages/reply.ts';
import { rules, shown } from '../../../commands/approval-rules.ts';
import { ada, asking, type DoorOptions, door, lin } from '../../../commands/door.ts';
import { releaseView } from '../../../messages/releases.ts';
import { heardOf } from '../heard-of.ts';
import { appFor, logBook, slackFor, tokens } from '../world.ts';

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

const reads = test.macro((t, sent: string, typed: string) => t.is(plainText(sent), typed));

test('people, channels and groups become their ids', reads, '<@U1|ada> <@U2> <#C1|ci> <!subteam^S1|@ops>', 'U1 U2 C1 S1');
test(
  'a link that Slack made becomes what was typed',
  reads,
  'run <http://tools.example|tools.example> <https://x.example>',
  'run tools.example https://x.example',
);
test('entities become characters, once', reads, 'a &amp;lt; b &lt;c&gt;', 'a &lt; b <c>');

test('only the mention of the bot is taken out of a message', (t) => {
  t.is(withoutMention('<@UBOT> run <@U1>', 'UBOT').trim(), 'run <@U1>');
  t.is(withoutMention('hey <@UBOT|cox> runs', 'UBOT').replace(/ +/g, ' '), 'hey runs');
});

test('an event that the library does not understand does not end the process', async (t) => {
  const log = logBook();
  const { client } = new SocketModeReceiver({ appToken: 'xapp-x', logger: slackLogger(log) });
  survivingOddPayloads(client, log);
  client.emit('ws_message', JSON.stringify({ type: 'events_api', envelope_id: 'e', payload: { type: 'app_rate_limited' } }), false);
  await new Promise(setImmediate);
  t.regex(log.lines.join('\n'), /ignoring a message that could not be parsed/);
});

test('a press counts from when Slack says that it happened, and its redelivery is heard once', async (t) => {
  const { received, press } = heardOf();
  await press('t1', '1795528805.250000');
  await press('t1', '1795528805.250000');
  t.deepEqual(
    received.map(({ user, channel, at }) => [user, channel, at.toISOString()]),
    [['U0456LIN', 'C1', '2026-11-24T14:00:05.250Z']],
  );
});

test('a press without a time counts from its receipt', async (t) => {
  const { received, press } = heardOf();
  const before = Date.now();
  await press('t1', 'soon');
  t.true((received[0]?.at.getTime() ?? 0) >= before);
});

test('where the address for answers is spent, the person still gets theirs', async (t) => {
  const { url, slack } = await slackFor(t);
  const web = slackWeb({ token: tokens.bot, apiUrl: url, log: logBook() });
  const asked = { user: 'U0123ADA', channel: 'C0123CICD', key: 'k', at: new Date(0) };
  await privately(web, asked, errorMessage('late'), () => Promise.reject(new Error('HTTP 404')));
  t.is(slack.ephemerals('U0123ADA')[0]?.text, 'late');
});

test('the members of a user group come from Slack, and its refusals are told apart', async (t) => {
  const { url, slack } = await slackFor(t);
  const members = slackMembers({ token: tokens.bot, apiUrl: url, log: logBook() });
  t.deepEqual(await members.usersOf('S0123OPS'), ['U0123ADA']);
  await t.throwsAsync(members.usersOf('S0NOBODY'), { message: /user group S0NOBODY.*no_such_subteam/ });
  slack.faults.rateLimitNext('usergroups.users.list', 3);
  await t.throwsAsync(members.usersOf('S0123OPS'), { instanceOf: RateLimited });
});

const says = test.macro(async (t, event: object, teams: readonly string[]) => {
  const { received, mention } = heardOf();
  await mention(event);
  t.deepEqual(received[0]?.teams, teams);
});

test('a mention names no workspace', says, {}, []);
test('a mention names the workspace of the person in `team`', says, { team: 'T2' }, ['T2']);
test('… in `user_team`', says, { team: 'T1', user_team: 'T2' }, ['T1', 'T2']);
test('… in `source_team`', says, { source_team: 'T2' }, ['T2']);
test('… in the profile that comes with it', says, { user_profile: { team: 'T2' } }, ['T2']);
test('… or an organization', says, { user_team: 'E2', team: 'E2' }, ['E2']);
test('what is no id is left out', says, { team: null, user_team: 7, user_profile: 'x', source_team: '' }, []);

test('a command names the workspace in which it was typed', async (t) => {
  const { received, command } = heardOf();
  await command({ team_id: 'T2' });
  t.deepEqual(received[0]?.teams, ['T2']);
});

test('a press names the workspace of the person, beside that of the message', async (t) => {
  const { received, press } = heardOf();
  await press('t1', '1795528805.25', { id: 'U2', team_id: 'T2' });
  t.deepEqual(received[0]?.teams, ['T2']);
});

test('a form names the workspace of the person', async (t) => {
  const { received, submit } = heardOf();
  await submit({ id: 'U2', team_id: 'T2' });
  t.deepEqual(received[0]?.teams, ['T2']);
});

const isSilent = test.macro(async (t, event: object) => {
  const { received, mention } = heardOf();
  await mention(event);
  t.deepEqual(received, []);
});

test('an app that mentions the bot is not heard', isSilent, { bot_id: 'B1' });
test('a workflow is not heard', isSilent, { bot_profile: { id: 'B1', is_workflow_bot: true } });
test('an integration is not heard', isSilent, { subtype: 'bot_message' });
test('an event of nobody is not heard', isSilent, { user: undefined });

test('a mention is one message, by channel and ts; another event about it is an edit, and so is one that says so', async (t) => {
  const { received, mention } = heardOf();
  await mention({});
  await mention({}, { event_id: 'Ev1' });
  await mention({}, { event_id: 'Ev2' });
  await mention({ edited: { user: 'U1', ts: '2' } }, { event_id: 'Ev3' });
  await mention({ ts: '1795528900.1' }, { event_id: 'Ev4' });
  t.deepEqual(
    received.map(({ key, delivery: how }) => [key, how]),
    [
      ['C1 1795528805.25', undefined],
      ['edited C1 1795528805.25', 'changed'],
      ['C1 1795528900.1', undefined],
    ],
  );
});

test('an event about a message that is older than what is remembered is no new one', async (t) => {
  const { received, mention } = heardOf();
  await mention({}, { event_time: 1_795_528_806 + 3_700 });
  t.like(received, [{ delivery: 'changed' }]);
});

test('a form that Slack sends again is acknowledged and not heard again', async (t) => {
  const { received, acks, submit } = heardOf();
  await submit({ id: 'U2' });
  await submit({ id: 'U2' });
  t.is(received.length, 1);
  t.is(acks.length, 2);
});
