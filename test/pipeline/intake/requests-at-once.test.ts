import test from 'ava';
import { aWorld, sha } from '../asking.ts';
import { aRun } from '../world.ts';

test('two people who ask for the same commit at once get the same run', async (t) => {
  const { requests, ids } = aWorld();
  const [first, second] = await Promise.all([
    requests.start({ repository: 'app', by: 'U1', key: 'k1' }),
    requests.start({ repository: 'app', by: 'U2', key: 'k2' }),
  ]);
  t.deepEqual([first.isNew, second.isNew], [true, false]);
  t.deepEqual(ids(), ['app-1 a command']);
});

test('a person and a poll that find the same commit at once start one run', async (t) => {
  const { requests, poller, present, ids } = aWorld();
  await poller.pollAll();
  present.heads = { main: sha('b') };
  await Promise.all([requests.start({ repository: 'app', by: 'U1', key: 'k' }), poller.pollAll()]);
  t.is(ids().length, 1);
  await poller.pollAll();
  t.is(ids().length, 1);
});

test('a retry that is pressed twice is one retry', async (t) => {
  const { requests, book } = aWorld([aRun(1, { state: 'failed' })]);
  await Promise.all([requests.retry('app-1', 'U1', 'k1'), requests.retry('app-1', 'U1', 'k2')]);
  t.is(book.all().length, 2);
});

test('a cancellation that comes too late says so', async (t) => {
  const { requests, book } = aWorld([aRun(1, { state: 'running' })]);
  const passes = book.move('app-1', 'passed');
  await t.throwsAsync(requests.cancel('app-1', 'U1'), { name: 'UserError', message: 'app-1 can no longer be cancelled: it is passed.' });
  await passes;
});

test('a branch that is set back to a commit which never had its turn gets a run of it', async (t) => {
  const superseded = { state: 'superseded', commit: { sha: sha('b') }, key: `app main ${sha('b')} commit ` } as const;
  const { poller, present, ids, book } = aWorld([aRun(1, superseded)], { main: sha('c') });
  await poller.pollAll();
  present.heads = { main: sha('b') };
  await poller.pollAll();
  await poller.pollAll();
  t.deepEqual(ids(), ['app-1 b commit', 'app-2 b commit']);
  book.forget('app-1');
  await book.move('app-2', 'running');
  present.heads = { main: sha('c') };
  await poller.pollAll();
  present.heads = { main: sha('b') };
  await poller.pollAll();
  t.is(ids().filter((one) => one.includes(' b ')).length, 1, 'a commit that had its turn is no news');
});
