import test from 'ava';
import { Limits } from '../../src/slack/limits.ts';
import { call, start } from './_slack.ts';

test('a bucket gives its burst, then as much as its average', (t) => {
  const limits = new Limits();
  for (let i = 0; i < 3; i += 1) t.is(limits.take('post', 'perChannel', 0), 0);
  t.is(limits.take('post', 'perChannel', 0), 1);
  t.is(limits.take('post', 'perChannel', 1001), 0);
  t.is(limits.take('post', 'perChannel', 1001), 1);
});

test('fifty updates a minute pass, and a burst of ten', (t) => {
  const limits = new Limits();
  const passed = Array.from({ length: 600 }, (_, i) => limits.take('chat.update', 'T3', i * 100)).filter((wait) => wait === 0);
  t.is(passed.length, 59);
});

test('a factor multiplies, and off lets everything pass', (t) => {
  const twice = new Limits({ factor: 2 });
  t.is(Array.from({ length: 10 }, () => twice.take('post', 'perChannel', 0)).filter((wait) => wait === 0).length, 6);
  const off = new Limits({ off: true });
  t.true(Array.from({ length: 1000 }, () => off.take('x', 'T1', 0)).every((wait) => wait === 0));
});

test('posts to one channel are limited and other channels are not', async (t) => {
  const standIn = await start();
  t.teardown(standIn.close);
  const post = (channel: string) => call(standIn, 'chat.postMessage', { channel, text: 'x' });
  const answers = [await post('ci'), await post('ci'), await post('ci'), await post('ci')];
  t.deepEqual(
    answers.map((one) => one.status),
    [200, 200, 200, 429],
  );
  t.is(answers[3]?.headers.get('retry-after'), '1');
  t.is(answers[3]?.body.error, 'ratelimited');
  t.is((await post('general')).status, 200);
  t.is(standIn.slack.messages('ci').length, 3);
});
