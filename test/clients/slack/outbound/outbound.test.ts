import { webApi } from '@slack/bolt';
import test from 'ava';
import { answerOf } from '../../../../src/clients/slack/inbound/answer.ts';
import { obedient, withSlackErrors } from '../../../../src/clients/slack/outbound/errors.ts';
import { redacted } from '../../../../src/clients/slack/outbound/redact.ts';
import { slackRunMessages } from '../../../../src/clients/slack/outbound/run-messages.ts';
import { uploadText } from '../../../../src/clients/slack/outbound/upload.ts';
import { slackWeb } from '../../../../src/clients/slack/web.ts';
import { MaybeSent, MessageGone, RateLimited, Refused } from '../../../../src/core/chat.ts';
import type { RepositoryStatus } from '../../../../src/core/command/command.ts';
import { UserError } from '../../../../src/core/errors.ts';
import { redactor } from '../../../../src/core/redaction/redactor.ts';
import type { ThreadPost } from '../../../../src/core/run/run.ts';
import { aRun, inState, view } from '../../../messages/runs.ts';
import { boardFor, logBook, slackFor, tokens } from '../world.ts';

const madeNow = () => aRun({ createdAt: new Date().toISOString() });
const pending = (kind: ThreadPost['kind'], key: string): ThreadPost => ({ key, kind, stage: 'image', state: 'pending' });

test('a run is posted once, kept current in place, and rings nobody', async (t) => {
  const { board, slack } = await boardFor(t);
  const at = await board.post(madeNow());
  await board.update(inState.running, at);
  const [message, ...others] = slack.messages('ci');
  t.deepEqual(others, []);
  t.like(message, { ts: at.ts, channel: at.channel, revision: 2 });
  t.deepEqual(message?.metadata, { event_type: 'coxswain_run', event_payload: { instance: 'lab', uid: aRun().uid } });
  t.regex(message?.text ?? '', /is running/);
  t.deepEqual(slack.pings(), []);
});

test('an update that says nothing new is not sent; one that failed is', async (t) => {
  const { board, slack } = await boardFor(t);
  const at = await board.post(madeNow());
  slack.faults.rateLimitNext('chat.update', 1);
  await t.throwsAsync(board.update(inState.running, at), { instanceOf: RateLimited });
  for (const run of [inState.running, inState.running]) await board.update(run, at);
  t.is(slack.messages('ci')[0]?.revision, 2);
  for (const run of [inState.passed, inState.running]) await board.update(run, at);
  t.is(slack.messages('ci')[0]?.revision, 4);
});

test('a post whose answer is lost is sent once, and found again', async (t) => {
  const { board, slack } = await boardFor(t);
  const run = madeNow();
  slack.faults.acceptAndCut('chat.postMessage');
  await t.throwsAsync(board.post(run), { instanceOf: MaybeSent });
  t.is(slack.messages('ci').length, 1);
  t.deepEqual(await board.find(run), { channel: slack.channel('ci').id, ts: slack.messages('ci')[0]?.ts ?? '' });
});

test('a post that never arrived is not found', async (t) => {
  const { board, slack } = await boardFor(t);
  await board.post(aRun({ uid: 'ffffffffffffffffffff' }));
  slack.faults.cutNext('chat.postMessage');
  await t.throwsAsync(board.post(madeNow()), { instanceOf: MaybeSent });
  t.is(await board.find(madeNow()), undefined);
});

test('a run is found behind many later messages', async (t) => {
  const { board } = await boardFor(t);
  const run = madeNow();
  const at = await board.post(run);
  for (let n = 0; n < 250; n += 1) await board.post(aRun({ uid: String(n).padStart(20, '0') }));
  t.deepEqual(await board.find(run), at);
});

test('a 429 says how long to wait, and nothing was sent', async (t) => {
  const { board, slack } = await boardFor(t);
  slack.faults.rateLimitNext('chat.postMessage', 7);
  const error = await t.throwsAsync(board.post(madeNow()), { instanceOf: RateLimited });
  t.is(error?.retryAfterMs, 7000);
  t.is(slack.messages('ci').length, 0);
});

test('an update of a message that is gone says so', async (t) => {
  const { board, slack } = await boardFor(t);
  const at = { channel: slack.channel('ci').id, ts: '1700000000.000100' };
  await t.throwsAsync(board.update(inState.running, at), { instanceOf: MessageGone });
});

test('a refusal carries the word of Slack and the remedy', async (t) => {
  const { board } = await boardFor(t);
  const inQuiet = aRun({ delivery: { ...aRun().delivery, channel: '#quiet' } });
  const error = await t.throwsAsync(board.post(inQuiet), { instanceOf: Refused });
  t.is(error?.reason, 'not_in_channel');
  t.regex(error?.message ?? '', /#quiet.*invite the bot/);
});

test('an outage of Slack is no refusal', async (t) => {
  const { board, slack } = await boardFor(t);
  slack.faults.statusNext('chat.update', 503);
  slack.faults.failNext('chat.update', 'internal_error');
  const at = await board.post(madeNow());
  await t.throwsAsync(board.update(inState.running, at), { instanceOf: MaybeSent });
  await t.throwsAsync(board.update(inState.running, at), { instanceOf: MaybeSent });
});

test('the cause of a failure goes into the thread and is known again', async (t) => {
  const { board, slack } = await boardFor(t);
  const at = await board.post(madeNow());
  const item = pending('cause', 'cause-image');
  t.false(await board.hasReply(inState.failed, at, item));
  slack.faults.acceptAndCut('chat.postMessage');
  await t.throwsAsync(board.reply(inState.failed, at, item), { instanceOf: MaybeSent });
  t.true(await board.hasReply(inState.failed, at, item));
  t.false(await board.hasReply(inState.failed, at, pending('cause', 'cause-gpu-test')));
  t.is(slack.replies(at.ts).length, 1);
  t.regex(slack.replies(at.ts)[0]?.text ?? '', /^image of runner-142 \(3f2a1bc\) failed: Step 7/);
});

test('a log goes into the thread as a file and is known again', async (t) => {
  const { board, slack } = await boardFor(t);
  const at = await board.post(madeNow());
  const item = pending('log', 'log-image');
  t.false(await board.hasReply(inState.failed, at, item));
  await board.reply(inState.failed, at, item, { name: 'runner-142-image.log', text: 'é line\n' });
  t.true(await board.hasReply(inState.failed, at, item));
  const file = slack.replies(at.ts)[0]?.files?.[0];
  t.like(file, { name: 'runner-142-image.log', title: 'Log of image, runner-142' });
  t.is(slack.file(file?.id ?? '')?.content.toString(), 'é line\n');
});

test('each attempt has a title of its own, and a title of before is still known', async (t) => {
  const { board, slack, url, log } = await boardFor(t);
  const at = await board.post(madeNow());
  const [first, second] = [pending('log', 'log-image'), pending('log', 'log-image.2')];
  await board.reply(inState.failed, at, second, { name: 'a.log', text: 'a' });
  t.is(slack.replies(at.ts)[0]?.files?.[0]?.title, 'Log of image, attempt 2, runner-142');
  t.false(await board.hasReply(inState.failed, at, first));
  const web = slackWeb({ token: tokens.bot, apiUrl: url, log });
  await uploadText(web, { name: 'a.log', title: 'runner-142 log-image', text: 'a', channel: at.channel, thread: at.ts });
  t.true(await board.hasReply(inState.failed, at, first));
});

test('an empty log is still a file', async (t) => {
  const { board, slack } = await boardFor(t);
  const at = await board.post(madeNow());
  await board.reply(inState.failed, at, pending('log', 'log-image'), { name: 'a.log', text: '' });
  t.is(slack.replies(at.ts)[0]?.files?.length, 1);
});

const answered = (error: string) => withSlackErrors('post', () => Promise.reject(new webApi.WebAPIPlatformError({ ok: false, error })));

const passing = test.macro(async (t, ...words: string[]) => {
  for (const word of words) await t.throwsAsync(answered(word), { instanceOf: MaybeSent }, word);
});
test('trouble of Slack passes', passing, 'internal_error', 'service_unavailable', 'update_failed');
test('a move of Slack passes', passing, 'org_login_required', 'team_added_to_org', 'external_channel_migrating');

const forGood = test.macro(async (t, isOfChannel: boolean, ...words: string[]) => {
  for (const word of words) {
    const error = await t.throwsAsync<Refused>(answered(word), { instanceOf: Refused }, word);
    t.is(error?.isOfChannel, isOfChannel, word);
  }
});
test('a channel is shut', forGood, true, 'is_archived', 'not_in_channel', 'channel_not_found', 'restricted_action');
test('a channel is shut to some', forGood, true, 'restricted_action_read_only_channel', 'messages_tab_disabled');
test('nobody is heard with this token', forGood, true, 'account_inactive', 'token_revoked', 'team_disabled', 'user_removed_from_team');
test('one message is refused', forGood, false, 'msg_too_long', 'invalid_blocks', 'msg_blocks_too_long', 'restricted_action_thread_locked');

test('asked to wait, all wait, as long as the longest answer says', async (t) => {
  let time = 0;
  const waits = [300, 100];
  const asked: string[] = [];
  const ask = obedient(
    async (key) => {
      asked.push(key);
      await Promise.resolve();
      const wait = waits.shift();
      if (wait !== undefined) throw new RateLimited(wait);
      return key;
    },
    () => time,
  );
  await Promise.all(['a', 'b'].map((key) => t.throwsAsync(ask(key), { instanceOf: RateLimited })));
  time = 299;
  t.is((await t.throwsAsync(ask('c'), { instanceOf: RateLimited }))?.retryAfterMs, 1);
  time = 300;
  t.is(await ask('d'), 'd');
  t.deepEqual(asked, ['a', 'b', 'd']);
});

test.serial('a clock that is set back makes nobody wait longer', async (t) => {
  let isBusy = true;
  const ask = obedient(async (key) => (isBusy ? Promise.reject(new RateLimited(20)) : key));
  await t.throwsAsync(ask('a'), { instanceOf: RateLimited });
  isBusy = false;
  const { now } = Date;
  t.teardown(() => {
    Date.now = now;
  });
  Date.now = () => now() - 3_600_000;
  await new Promise((resolve) => setTimeout(resolve, 40));
  t.is(await ask('b'), 'b');
});

const secret = 'hunter<2>&hunter';
const redact = redactor([secret]);
const asked = { user: 'U0123ADA', channel: 'C0123CICD', key: 'k', at: new Date(0) };
const leaks = /hunter/;

test('a run is shown without secrets, whoever wrote them', async (t) => {
  const { url, slack } = await slackFor(t);
  const board = slackRunMessages({ token: tokens.bot, apiUrl: url, instance: 'lab', viewOf: () => view, log: logBook(), redact });
  const commit = { sha: 'a'.repeat(40), subject: `Use ${secret}`, author: { name: secret, email: 'x@y' } };
  const cause = { kind: 'test', title: `It said ${secret}`, excerpt: [secret], next: `Change ${secret}` };
  const run = aRun({ branch: secret, commit, blockedReason: secret, stages: [{ name: 'image', kind: 'image', state: 'failed', cause }] });
  const at = await board.post(run);
  await board.update(run, at);
  await board.reply(run, at, { key: 'cause-image', kind: 'cause', stage: 'image', state: 'pending' });
  t.is(slack.replies(at.ts).length, 1);
  t.notRegex(JSON.stringify([slack.messages('ci'), slack.replies(at.ts)]), leaks);
});

test('what a server said of a poll is told without secrets', async (t) => {
  const lastPoll = { at: new Date(0).toISOString(), error: `git says: remote: no such password ${secret}` };
  const repositories: RepositoryStatus[] = [{ name: 'app', branches: [], busy: [], lastPoll }];
  const answers = { answer: async () => ({ kind: 'status', repositories }) as const, viewOf: () => view, log: logBook(), redact };
  t.notRegex(JSON.stringify(await answerOf(answers, 'status', asked)), leaks);
});

test('an error is told without secrets, and without those of a known shape where none are known', async (t) => {
  const answer = async () => {
    throw new UserError(`The server refuses ${secret} and ghp_${'a1'.repeat(18)}`);
  };
  const told = JSON.stringify(await answerOf({ answer, viewOf: () => view, log: logBook(), redact }, 'run', asked));
  t.notRegex(told, leaks);
  t.notRegex(JSON.stringify(await answerOf({ answer, viewOf: () => view, log: logBook() }, 'run', asked)), /ghp_/);
});

test('a button keeps its words', async (t) => {
  const {
    message: { blocks },
  } = await answerOf(
    { answer: async () => ({ kind: 'run', run: aRun() }) as const, viewOf: () => view, log: logBook(), redact: redactor(['runner-142']) },
    'status runner-142',
    asked,
  );
  t.regex(JSON.stringify(blocks), /"value":"cancel runner-142"/);
});

test('halves of characters leave in no text that is shown', (t) => {
  const half = 'a\ud83d';
  const { text, blocks } = redacted({ text: half, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: half } }] }, redact);
  t.is(text, 'a\ufffd');
  t.like(blocks[0], { text: { text: 'a\ufffd' } });
});
