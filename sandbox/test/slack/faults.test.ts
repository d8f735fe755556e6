import test from 'ava';
import { call, start } from './_slack.ts';

const post = { channel: 'ci', text: 'x' };

test('a post can be accepted and its connection cut', async (t) => {
  const standIn = await start();
  t.teardown(standIn.close);
  standIn.slack.faults.acceptAndCut('chat.postMessage');
  await t.throwsAsync(call(standIn, 'chat.postMessage', post));
  t.is(standIn.slack.messages('ci').length, 1);
  t.true((await call(standIn, 'chat.postMessage', post)).body.ok);
});

test('a connection can be cut before anything is done', async (t) => {
  const standIn = await start();
  t.teardown(standIn.close);
  standIn.slack.faults.cutNext('chat.postMessage');
  await t.throwsAsync(call(standIn, 'chat.postMessage', post));
  t.is(standIn.slack.messages('ci').length, 0);
});

test('a call can be refused with a limit, an error or a bare status, in the order of the orders', async (t) => {
  const standIn = await start();
  t.teardown(standIn.close);
  const { faults } = standIn.slack;
  faults.rateLimitNext('chat.postMessage', 7);
  faults.failNext('chat.postMessage', 'fatal_error');
  faults.statusNext('chat.postMessage', 503);
  const limited = await call(standIn, 'chat.postMessage', post);
  t.is(limited.status, 429);
  t.is(limited.headers.get('retry-after'), '7');
  t.is((await call(standIn, 'chat.postMessage', post)).body.error, 'fatal_error');
  await t.throwsAsync(call(standIn, 'chat.postMessage', post));
  t.deepEqual(
    standIn.slack.calls('chat.postMessage').map((one) => one.outcome),
    ['ratelimited', 'fatal_error', '503'],
  );
});

test('an answer can be held while the message already stands', async (t) => {
  const standIn = await start();
  t.teardown(standIn.close);
  const arrived = standIn.slack.faults.holdNext('chat.postMessage');
  let answered = false;
  const answer = call(standIn, 'chat.postMessage', post).then((one) => {
    answered = true;
    return one;
  });
  const release = await arrived;
  t.is(standIn.slack.messages('ci').length, 1);
  t.true((await call(standIn, 'auth.test')).body.ok);
  t.false(answered);
  release();
  t.true((await answer).body.ok);
});
