import test from 'ava';
import { slackDoctor } from '../../../src/clients/slack/doctor.ts';
import type { Incoming } from '../../../src/clients/slack/inbound/answer.ts';
import { slackRunMessages } from '../../../src/clients/slack/outbound/run-messages.ts';
import { slackApp } from '../../../src/clients/slack/slack-client.ts';
import type { Reply } from '../../../src/core/command/command.ts';
import { ReceivedMessageLog } from '../../../src/core/command/received-messages.ts';
import { UserError } from '../../../src/core/errors.ts';
import { findRun } from '../../../src/core/run/find-run.ts';
import { aRun, inState, view } from '../../messages/runs.ts';
import { appFor, logBook, slackFor, tokens } from './world.ts';

const ada = 'U0123ADA';
const said = (text: string): Reply => ({ kind: 'text', text });

/** Answers everything with what it heard. */
const echo = async (text: string, asked: Incoming) => said(`${asked.user} said ${text}`);

test('/cox is answered to the one who typed it', async (t) => {
  const received: { text: string; asked: Incoming }[] = [];
  const { slack } = await appFor(t, async (text, asked) => {
    received.push({ text, asked });
    return said('done');
  });
  t.deepEqual(await slack.type(ada, 'ci', '/cox run @lin #ci a&b <x>'), { ok: true });
  const answer = await slack.until(() => slack.ephemerals(ada)[0]);
  t.is(answer.text, 'done');
  t.like(received, [{ text: 'run U0456LIN C0123CICD a&b <x>', asked: { user: ada, channel: 'C0123CICD' } }]);
  t.truthy(received[0]?.asked.key);
  t.deepEqual(slack.messages('ci'), []);
});

test('a mention is answered in a thread below it', async (t) => {
  const { slack } = await appFor(t, echo);
  const done = await slack.type(ada, 'ci', '@coxswain status “my repo”');
  const answer = await slack.until(() => slack.replies(done.ok ? (done.ts ?? '') : '')[0]);
  t.is(answer.text, `${ada} said status “my repo”`);
});

test('an answer in a thread rings nobody, an answer to one person may name people', async (t) => {
  const { slack } = await appFor(t, async () => ({ kind: 'whoami', user: 'U0456LIN', operator: false, why: 'S0123OPS' }) as const);
  const done = await slack.type(ada, 'ci', '@coxswain whoami');
  const answer = await slack.until(() => slack.replies(done.ok ? (done.ts ?? '') : '')[0]);
  t.regex(answer.text, /^You are `U0456LIN`\./);
  t.deepEqual(slack.pings(), []);
  await slack.type(ada, 'ci', '/cox whoami');
  t.regex((await slack.until(() => slack.ephemerals(ada)[0])).text, /^You are <@U0456LIN>\./);
});

test('in a thread a mention of the bot stands for /cox, which works in none', async (t) => {
  const { slack } = await appFor(t, async () => ({ kind: 'unknown', word: 'x' }) as const);
  const done = await slack.type(ada, 'ci', '@coxswain x');
  const answer = await slack.until(() => slack.replies(done.ok ? (done.ts ?? '') : '')[0]);
  t.is(answer.text, 'I do not know `x`. `@coxswain help` lists what I know.');
  await slack.type(ada, 'ci', '/cox x');
  t.regex((await slack.until(() => slack.ephemerals(ada)[0])).text, /`\/cox help` lists/);
});

test('a mention in the thread of a run says in which thread it was', async (t) => {
  const received: Incoming[] = [];
  const { slack, board } = await appFor(t, async (_text, asked) => {
    received.push(asked);
    return said('done');
  });
  const { channel, ts } = await board.post(inState.failed);
  await slack.type(ada, 'ci', '@coxswain retry', ts);
  await slack.until(() => slack.replies(ts)[1]);
  t.like(received, [{ channel, thread: ts }]);
});

test('a button of a run that is forgotten says so, and names no other run', async (t) => {
  const { slack, board } = await appFor(t, async () => findRun({ all: () => [], get: () => undefined }, 'runner-142') as never);
  const at = await board.post(inState.running);
  await slack.press('U0456LIN', { ts: at.ts, action: 'cancel' });
  t.regex((await slack.until(() => slack.ephemerals('U0456LIN')[0])).text, /^`runner-142` and its logs have been deleted: /);
});

test('an answer that Slack turns away for its rate comes a little later', async (t) => {
  const { slack } = await appFor(t, echo);
  slack.faults.rateLimitNext('chat.postMessage', 1);
  const done = await slack.type(ada, 'ci', '@coxswain runs');
  await slack.until(() => slack.replies(done.ok ? (done.ts ?? '') : '')[0]);
  t.deepEqual(
    slack.calls('chat.postMessage').map(({ outcome }) => outcome),
    ['ratelimited', 'ok'],
  );
});

test('a mention in a thread is answered in that thread', async (t) => {
  const { slack } = await appFor(t, echo);
  const parent = await slack.type(ada, 'ci', 'look at this');
  const ts = parent.ok ? (parent.ts ?? '') : '';
  await slack.type('U0456LIN', 'ci', 'hey @coxswain logs runner-1', ts);
  const answer = await slack.until(() => slack.replies(ts)[1]);
  t.is(answer.text, 'U0456LIN said hey   logs runner-1');
});

test('a button says its text, and its message stays', async (t) => {
  const { slack, url, log } = await appFor(t, echo);
  const at = await slackRunMessages({ token: tokens.bot, apiUrl: url, instance: 'lab', viewOf: () => view, log }).post(inState.running);
  t.deepEqual(await slack.press('U0456LIN', { ts: at.ts, action: 'cancel' }), { ok: true });
  const answer = await slack.until(() => slack.ephemerals('U0456LIN')[0]);
  t.is(answer.text, 'U0456LIN said cancel runner-142');
  t.like(slack.messages('ci')[0], { ts: at.ts, revision: 1 });
});

test('an answer that takes long is acknowledged at once and still arrives', async (t) => {
  const late = Promise.withResolvers<Reply>();
  const { slack } = await appFor(t, () => late.promise);
  // Slack itself says that an app did not respond where that takes longer than three seconds.
  t.deepEqual(await slack.type(ada, 'ci', '/cox logs runner-1'), { ok: true });
  late.resolve(said('at last'));
  t.is((await slack.until(() => slack.ephemerals(ada)[0])).text, 'at last');
});

test('a mistake of the person is shown in its own words, anything else in one calm sentence and whole in the log', async (t) => {
  const { slack, log } = await appFor(t, async (text) => {
    if (text === 'cancel x') throw new UserError('There is no run `x`.');
    throw new Error('disk full', { cause: new Error('ENOSPC') });
  });
  await slack.type(ada, 'ci', '/cox cancel x');
  t.is((await slack.until(() => slack.ephemerals(ada)[0])).text, 'There is no run `x`.');
  t.deepEqual(
    log.lines.filter((line) => line.includes('answering')),
    [],
  );
  await slack.type(ada, 'ci', '/cox runs');
  t.regex((await slack.until(() => slack.ephemerals(ada)[1])).text, /Something went wrong on my side/);
  t.regex(
    log.lines.join('\n'),
    /answering "runs" from U0123ADA: Error: disk full[\s\S]*slack-client\.test\.ts[\s\S]*because of Error: ENOSPC/,
  );
});

test('a log too long for a message goes as a file into the thread of its run', async (t) => {
  const lines = Array.from({ length: 500 }, (_unused, n) => `line ${n} ${'x'.repeat(50)}`);
  const reply = Promise.withResolvers<Reply>();
  const { slack } = await appFor(t, () => reply.promise);
  const parent = await slack.type(ada, 'ci', 'the message of the run');
  const ts = parent.ok ? (parent.ts ?? '') : '';
  const message = { state: 'posted' as const, channel: slack.channel('ci').id, ts, revision: 1 };
  reply.resolve({ kind: 'logs', run: aRun({ delivery: { ...aRun().delivery, message } }), stage: 'image', lines, total: 900 });
  await slack.type(ada, 'ci', '/cox logs runner-142 image 500');
  const file = await slack.until(() => slack.replies(ts)[0]?.files?.[0]);
  t.is(file.name, 'runner-142-image.log');
  t.is(slack.file(file.id)?.content.toString(), lines.join('\n'));
  t.regex(slack.ephemerals(ada)[0]?.text ?? '', /the last 500 lines of 900/);
});

test('a new connection follows when Slack renews it, and when it breaks, even if Slack stumbles over it', async (t) => {
  const { app, slack } = await appFor(t, echo);
  t.true(app.health().connected);
  for (const how of ['refresh_requested', 'cut'] as const) {
    const { since } = app.health();
    slack.faults.statusNext('apps.connections.open', 503);
    slack.disconnectSockets(how);
    await slack.until(() => slack.connections() === 0);
    await slack.until(() => slack.connections() === 1);
    await slack.type(ada, 'ci', `/cox after ${how}`);
    await slack.until(() => slack.ephemerals(ada).some(({ text }) => text.endsWith(how)));
    t.true(app.health().connected);
    t.true(app.health().since > since);
  }
});

test('after the stop nothing is connected, and an answer under way has arrived', async (t) => {
  const late = Promise.withResolvers<Reply>();
  const { app, slack } = await appFor(t, () => late.promise);
  await slack.type(ada, 'ci', '/cox runs');
  const stopped = app.stop();
  late.resolve(said('just in time'));
  await stopped;
  t.is(slack.ephemerals(ada)[0]?.text, 'just in time');
  await slack.until(() => slack.connections() === 0);
  t.false(app.health().connected);
});

const refuses = test.macro(async (t, wrong: Partial<typeof tokens>, message: RegExp) => {
  const { url } = await slackFor(t);
  const app = slackApp({
    tokens: { ...tokens, ...wrong },
    apiUrl: url,
    answer: echo,
    received: new ReceivedMessageLog(),
    viewOf: () => view,
    log: logBook(),
  });
  await t.throwsAsync(app.start(), { instanceOf: UserError, message });
});

test('a bot token that Slack refuses is named with its remedy', refuses, { bot: 'xoxb-wrong' }, /SLACK_BOT_TOKEN: invalid_auth.*xoxb-/);
test(
  'an app token that Slack refuses is named with its remedy',
  refuses,
  { app: 'xapp-wrong' },
  /SLACK_APP_TOKEN: invalid_auth.*connections:write/,
);

test('where Slack is down the start gives up and says so', async (t) => {
  const { url, slack } = await slackFor(t);
  const app = slackApp({
    tokens,
    apiUrl: url,
    answer: echo,
    received: new ReceivedMessageLog(),
    viewOf: () => view,
    log: logBook(),
    startTimeout: 300,
  });
  slack.faults.delayNext('auth.test', 2000);
  await t.throwsAsync(app.start(), { message: /Slack did not accept the connection within 0\.3 s/ });
});

const scopes = ['chat:write', 'channels:history'];
const examine = (apiUrl: string, change: Partial<Parameters<typeof slackDoctor>[0]> = {}) =>
  slackDoctor({ tokens, apiUrl, scopes, channels: ['#ci', '#ci', 'C0456GENERAL'], log: logBook(), ...change });

test('where all is well, each finding shows what proves it', async (t) => {
  const { url } = await slackFor(t);
  t.deepEqual(await examine(url), [
    { about: 'Slack: bot token', state: 'ok', evidence: 'it belongs to coxswain in the workspace sandbox' },
    { about: 'Slack: scopes', state: 'ok', evidence: 'all 2 scopes in slack-manifest.yml are granted' },
    { about: 'Slack: app token', state: 'ok', evidence: 'Slack accepts it for Socket Mode' },
    { about: 'Slack: channel #ci', state: 'ok', evidence: 'the bot is in it (C0123CICD)' },
    { about: 'Slack: channel C0456GENERAL', state: 'ok', evidence: 'the bot is in it (C0456GENERAL)' },
  ]);
});

test('nothing is posted and nothing changed', async (t) => {
  const { url, slack } = await slackFor(t);
  await examine(url);
  t.deepEqual([...new Set(slack.calls().map(({ method }) => method))].sort(), [
    'apps.connections.open',
    'auth.test',
    'conversations.info',
    'conversations.list',
  ]);
  t.is(slack.connections(), 0);
});

test('each token that is refused is told apart, with its remedy', async (t) => {
  const { url } = await slackFor(t);
  const [bot, app] = await examine(url, { tokens: { bot: 'xoxb-wrong', app: 'xapp-wrong' } });
  t.like(bot, { about: 'Slack: bot token', state: 'failed', evidence: 'invalid_auth' });
  t.regex(bot?.next ?? '', /SLACK_BOT_TOKEN/);
  t.like(app, { about: 'Slack: app token', state: 'failed', evidence: 'invalid_auth' });
  t.regex(app?.next ?? '', /connections:write/);
});

test('scopes that are missing are named', async (t) => {
  const { url } = await slackFor(t);
  const findings = await examine(url, { scopes: [...scopes, 'pins:write'] });
  t.like(findings[1], {
    about: 'Slack: scopes',
    state: 'failed',
    evidence: 'missing: pins:write',
  });
});

test('a channel without the bot, and one that does not exist, are told apart', async (t) => {
  const { url } = await slackFor(t);
  const findings = await examine(url, { channels: ['#quiet', '#nowhere'] });
  t.like(findings[3], { state: 'failed', evidence: 'the bot is not in it (C0789QUIET)', next: 'Invite it: `/invite @coxswain`.' });
  t.like(findings[4], { state: 'failed' });
  t.regex(findings[4]?.evidence ?? '', /cannot see a channel #nowhere/);
});

test('where Slack cannot be reached, that is the finding', async (t) => {
  const [bot, app] = await examine('http://127.0.0.1:1/api/');
  t.like(bot, { state: 'failed', next: 'Check whether Slack can be reached from here (DNS, proxy, firewall).' });
  t.like(app, { state: 'failed', next: bot?.next ?? '' });
});
