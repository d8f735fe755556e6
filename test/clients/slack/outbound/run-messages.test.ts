import test from 'ava';
import { uploadText } from '../../../../src/clients/slack/outbound/upload.ts';
import { slackWeb } from '../../../../src/clients/slack/web.ts';
import { MaybeSent, MessageGone, RateLimited, Refused } from '../../../../src/core/chat.ts';
import type { ThreadPost } from '../../../../src/core/run/run.ts';
import { aRun, inState } from '../../../messages/runs.ts';
import { boardFor, tokens } from '../world.ts';

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
