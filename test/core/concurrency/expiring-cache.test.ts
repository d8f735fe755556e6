import test from 'ava';
import { inDecision, remembering } from '../../../src/core/concurrency/expiring-cache.ts';
import { PerMinute } from '../../../src/core/concurrency/rate-limit.ts';

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
  await inDecision(async () => {
    t.is(await know('a', 'fresh'), 1);
    t.is(await know('a', 'fresh'), 1);
    time = 0;
    t.is(await know('a', 'fresh'), 2);
  });
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

/** Questions that a test answers itself, in the order in which they were asked. */
function asking(now: () => number = () => 0) {
  const answers: ((value: string) => void)[] = [];
  const ask = () => new Promise<string>((resolve) => answers.push(resolve));
  return { answers, know: remembering(ask, memory, now) };
}

test('a decision goes by what was asked after it had begun, however short ago something was asked before', async (t) => {
  let asked = 0;
  const know = remembering(
    async () => ++asked,
    memory,
    () => 0,
  );
  await know('a', 'remembered');
  for (const wanted of [2, 3])
    await inDecision(async () => {
      for (let n = 0; n < 3; n += 1) t.is(await know('a', 'fresh'), wanted);
    });
  t.is(await know('a', 'remembered'), 3);
});

test('many decisions at once share the first question that is asked after all of them', async (t) => {
  const { answers, know } = asking();
  const early = know('a', 'remembered');
  const decisions = Array.from({ length: 30 }, () => inDecision(() => know('a', 'fresh')));
  t.is(answers.length, 1);
  answers[0]?.('approver');
  t.is(await early, 'approver');
  await new Promise(setImmediate);
  t.is(answers.length, 2);
  answers[1]?.('removed');
  t.deepEqual(new Set(await Promise.all(decisions)), new Set(['removed']));
});

test('where the question before fails, those who wait ask all the same', async (t) => {
  let asked = 0;
  const know = remembering(async () => (++asked === 1 ? Promise.reject(new Error('no')) : asked), memory);
  const early = know('a', 'remembered');
  const fresh = inDecision(() => know('a', 'fresh'));
  await t.throwsAsync(early, { message: 'no' });
  t.is(await fresh, 2);
});

test('nobody waits for a question that was asked long ago, and its late answer counts for nobody', async (t) => {
  let time = 0;
  const { answers, know } = asking(() => time);
  const old = know('a', 'remembered');
  time = 10;
  const fresh = inDecision(() => know('a', 'fresh'));
  t.is(answers.length, 2);
  answers[1]?.('removed');
  t.is(await fresh, 'removed');
  answers[0]?.('approver');
  t.is(await old, 'approver');
  t.is(await know('a', 'remembered'), 'removed');
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
  await inDecision(async () => {
    await know('a', 'fresh');
    await new Promise((resolve) => setTimeout(resolve, 30));
    t.is(await know('a', 'fresh'), 2);
  });
});

test('each has so much room within a minute, and is told when there is some again', (t) => {
  let time = 0;
  const counts = new PerMinute(2, () => time);
  for (; time < 20_000; time += 10_000) {
    t.is(counts.wait('U1'), 0);
    counts.add('U1');
  }
  t.is(counts.wait('U1'), 40_000);
  t.is(counts.wait('U2'), 0);
  time = 59_999;
  t.is(counts.wait('U1'), 1);
  time = 60_000;
  t.is(counts.wait('U1'), 0);
});
