import test from 'ava';
import { aWorld, repository, sha } from '../asking.ts';

const pause = { repository: 'app', by: 'U1', at: '2026-01-01T00:00:00.000Z', reason: 'the move' };
const wide = { branches: ['*'] };
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('of a paused repository nothing is asked and no commit starts a run, over a restart too', async (t) => {
  const { poller, pollerOf, present, ids, git } = aWorld();
  await poller.pollAll();
  await poller.pause(pause);
  const asked = git.asked;
  present.heads = { main: sha('b') };
  await poller.pollAll();
  await poller.poll(repository);
  await pollerOf({}).pollAll();
  t.is(git.asked, asked);
  t.deepEqual(ids(), []);
  t.like(poller.status('app'), { paused: pause });
});

test('what was pushed meanwhile is treated as after the bot was away: the newest commit of each branch starts a run', async (t) => {
  const { poller, present, ids } = aWorld([], { main: sha('a'), other: sha('a') }, undefined, {}, wide);
  await poller.pollAll();
  await poller.pause(pause);
  present.heads = { main: sha('b'), other: sha('a') };
  await poller.pollAll();
  present.heads = { main: sha('c'), other: sha('d'), new: sha('e') };
  await poller.resume('app');
  await poller.pollAll();
  await settled();
  t.deepEqual(ids(), ['app-1 c commit', 'app-2 d commit', 'app-3 e commit']);
  t.is(poller.status('app').paused, undefined);
});

test('a person can start a run of it, and its commit starts no second one afterwards', async (t) => {
  const { poller, requests, present, ids } = aWorld();
  await poller.pollAll();
  await poller.pause(pause);
  present.heads = { main: sha('b') };
  await requests.start({ repository: 'app', by: 'U1', key: 'k' });
  await poller.resume('app');
  await poller.poll(repository);
  t.deepEqual(ids(), ['app-1 b command']);
});

test('a poll that is under way when the pause is said starts no run any more, and loses none', async (t) => {
  const { poller, present, ids } = aWorld();
  await poller.pollAll();
  const { promise, resolve } = Promise.withResolvers<void>();
  present.heads = { main: sha('b') };
  present.until = promise;
  const poll = poller.pollAll();
  await poller.pause(pause);
  resolve();
  await poll;
  t.deepEqual(ids(), []);
  await poller.resume('app');
  await poller.poll(repository);
  t.deepEqual(ids(), ['app-1 b commit']);
});

test('in the middle of many, those that have not begun are left for later', async (t) => {
  const { poller, present, book } = aWorld([], { a: sha('a'), b: sha('a'), c: sha('a') }, undefined, {}, wide);
  await poller.pollAll();
  present.heads = { a: sha('b'), b: sha('b'), c: sha('b') };
  book.onChange(() => void (book.all().length === 1 && poller.pause(pause)));
  await poller.pollAll();
  t.deepEqual(
    book.all().map(({ branch }) => branch),
    ['a'],
  );
  await poller.resume('app');
  await poller.poll({ ...repository, ...wide });
  t.is(book.all().length, 3);
});

test('a failure from before the pause is forgotten by it, and it is polled at once although its time has not come', async (t) => {
  const { poller, present, ids } = aWorld();
  await poller.pollAll();
  present.error = new Error('no route');
  await poller.pollAll();
  await poller.pause(pause);
  delete present.error;
  present.heads = { main: sha('b') };
  await poller.resume('app');
  await settled();
  t.is(poller.status('app').lastPoll?.error, undefined);
  t.deepEqual(ids(), ['app-1 b commit']);
});

test('what is no longer configured is resumed without a poll', async (t) => {
  const { poller } = aWorld();
  await poller.pause({ ...pause, repository: 'gone' });
  await poller.resume('gone');
  t.deepEqual(poller.paused(), []);
});
