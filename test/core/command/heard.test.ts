import test from 'ava';
import { HeardWords } from '../../../src/core/command/heard.ts';

const hour = 3_600_000;

test('a message is heard once, and its repeated event is known', async (t) => {
  const heard = new HeardWords();
  t.is(await heard.hear('C1 1.0', 'Ev1'), 'new');
  t.is(await heard.hear('C1 1.0', 'Ev1'), 'again');
  heard.done('C1 1.0');
  t.is(await heard.hear('C1 1.0', 'Ev1'), 'again');
  t.is(await heard.hear('C1 2.0', 'Ev2'), 'new');
});

test('another event about the same message is an edit', async (t) => {
  const heard = new HeardWords();
  await heard.hear('C1 1.0', 'Ev1');
  t.is(await heard.hear('C1 1.0', 'Ev2'), 'changed');
});

test('what a bot that was stopped had not done is said so once', async (t) => {
  const at = Date.now();
  const before = [
    { key: 'a', event: 'Ev1', at, done: true },
    { key: 'b', event: 'Ev2', at, done: false },
  ];
  const heard = new HeardWords(before);
  t.is(await heard.hear('a', 'Ev1'), 'again');
  t.is(await heard.hear('b', 'Ev2'), 'interrupted');
  t.is(await heard.hear('b', 'Ev2'), 'again');
  t.is(await new HeardWords(before).hear('b', 'Ev9'), 'changed');
});

test('what was heard is remembered for an hour', async (t) => {
  let time = 0;
  const heard = new HeardWords([], () => time);
  await heard.hear('a', '');
  time = hour - 1;
  await heard.hear('b', '');
  t.is(await heard.hear('a', ''), 'again');
  time = hour;
  await heard.hear('c', '');
  t.deepEqual(
    heard.all().map(({ key }) => key),
    ['b', 'c'],
  );
});

test('of very many words the oldest are forgotten', async (t) => {
  const heard = new HeardWords();
  for (let n = 0; n < 20_010; n += 1) await heard.hear(String(n), '');
  t.is(heard.all().length, 20_000);
  t.is(await heard.hear('20009', ''), 'again');
  t.is(await heard.hear('0', ''), 'new');
});
