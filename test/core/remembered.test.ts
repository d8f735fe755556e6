import test from 'ava';
import { remembering } from '../../src/core/remembered.ts';

const memory = { fresh: 10, remembered: 100, atMost: 1_000, most: 2 };

test('who asks while a question is under way shares its answer', async (t) => {
  let asked = 0;
  const { promise, resolve } = Promise.withResolvers<string>();
  const know = remembering(() => {
    asked += 1;
    return promise;
  }, memory);
  const both = Promise.all([know('a', 'fresh'), know('a', 'remembered')]);
  resolve('yes');
  t.deepEqual(await both, ['yes', 'yes']);
  t.is(asked, 1);
});

test('of many answers the oldest is forgotten', async (t) => {
  const asked: string[] = [];
  const know = remembering(
    async (key) => asked.push(key),
    memory,
    () => 0,
  );
  for (const key of ['a', 'b', 'c', 'b', 'a']) await know(key, 'remembered');
  t.deepEqual(asked, ['a', 'b', 'c', 'a']);
});

test('a clock that is set back makes no answer young', async (t) => {
  let time = 10_000;
  let asked = 0;
  const know = remembering(
    async () => ++asked,
    memory,
    () => time,
  );
  await know('a', 'fresh');
  time = 0;
  t.is(await know('a', 'fresh'), 2);
});

test('a failure reaches who wants it fresh, and nobody else while there is something to go by', async (t) => {
  let time = 0;
  let trouble = false;
  const know = remembering(
    async () => (trouble ? Promise.reject(new Error('no')) : 'yes'),
    memory,
    () => time,
  );
  await know('a', 'fresh');
  trouble = true;
  time = 200;
  await t.throwsAsync(know('a', 'fresh'), { message: 'no' });
  t.is(await know('a', 'remembered'), 'yes');
  time = 1_000;
  await t.throwsAsync(know('a', 'remembered'), { message: 'no' });
});

test('who wants a fresh answer waits for no question that was asked long ago, and its late answer counts for nobody', async (t) => {
  let time = 0;
  const answers: ((value: string) => void)[] = [];
  const know = remembering(
    () => new Promise<string>((resolve) => answers.push(resolve)),
    memory,
    () => time,
  );
  const old = know('a', 'remembered');
  time = 9;
  const shares = know('a', 'fresh');
  time = 10;
  const fresh = know('a', 'fresh');
  t.is(answers.length, 2);
  answers[1]?.('removed');
  t.is(await fresh, 'removed');
  answers[0]?.('approver');
  t.deepEqual(await Promise.all([old, shares]), ['approver', 'approver']);
  t.is(await know('a', 'fresh'), 'removed');
});

test.serial('where nothing else is said it goes by a clock that nobody sets', async (t) => {
  let asked = 0;
  const know = remembering(async () => ++asked, memory);
  const { now } = Date;
  const at = now();
  t.teardown(() => {
    Date.now = now;
  });
  Date.now = () => at;
  await know('a', 'fresh');
  await new Promise((resolve) => setTimeout(resolve, 30));
  t.is(await know('a', 'fresh'), 2);
});
