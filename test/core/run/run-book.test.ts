import test from 'ava';
import { moved, nextStates, type RunState } from '../../../src/core/run/run.ts';
import { aBook, aRun, at } from '../../pipeline/world.ts';

const wanted = {
  repository: 'app',
  short: 'app',
  instance: 'lab',
  branch: 'main',
  commit: { sha: 'a'.repeat(40) },
  cause: { kind: 'commit' },
  stages: [],
  channel: '#ci',
} as const;

test('the same change starts one run, however often and however fast it is found', async (t) => {
  const { book } = aBook();
  const all = await Promise.all([book.add(wanted), book.add(wanted), book.add(wanted)]);
  t.deepEqual(
    all.map(({ run }) => run.id),
    ['app-1', 'app-1', 'app-1'],
  );
  t.deepEqual(
    all.map(({ isNew }) => isNew),
    [true, false, false],
  );
});

test('the same change is known again after a restart', async (t) => {
  const { book, saved } = aBook();
  const { run } = await book.add(wanted);
  const again = await aBook([...saved.values()]).book.add(wanted);
  t.is(again.run.uid, run.uid);
  t.false(again.isNew);
});

test('two requests for one commit are two runs, one request delivered twice is one', async (t) => {
  const { book } = aBook();
  const by = (key: string) => book.add({ ...wanted, cause: { kind: 'command', by: 'U1', key } });
  t.deepEqual([(await by('k1')).run.id, (await by('k2')).run.id, (await by('k1')).run.id], ['app-1', 'app-2', 'app-1']);
});

test('what cannot be saved has not happened, and nobody hears of it', async (t) => {
  const { book, failSaves } = aBook([aRun(1)]);
  const heard: string[] = [];
  book.onChange((run) => void heard.push(run.state));
  failSaves(true);
  await t.throwsAsync(book.move('app-1', 'running'), { message: 'disk full' });
  failSaves(false);
  await book.idle();
  t.is(book.get('app-1')?.state, 'queued');
  t.deepEqual(heard, []);
});

test('listeners hear the changes of a run in order, also when one of them changes the run', async (t) => {
  const { book } = aBook([aRun(1)]);
  const heard: string[] = [];
  book.onChange(async (run) => {
    if (run.state === 'running') await book.move(run.id, 'passed');
  });
  book.onChange((run) => void heard.push(run.state));
  await book.move('app-1', 'running');
  await book.idle();
  t.deepEqual(heard, ['running', 'passed']);
});

test('the revision counts what people see, not how it was delivered', async (t) => {
  const { book } = aBook([aRun(1)]);
  const after = await book.change('app-1', (run) => ({ ...run, delivery: { ...run.delivery, cleaned: true } }));
  t.is(after.revision, 1);
  t.is((await book.move('app-1', 'running')).revision, 2);
});

test('a run moves only where the table of states allows it', (t) => {
  const release = { version: '', tag: '', requiredVotes: 1, votes: [] };
  for (const from of Object.keys(nextStates) as RunState[]) {
    for (const to of Object.keys(nextStates) as RunState[]) {
      const allowed = (nextStates[from] as readonly string[]).includes(to);
      const move = () => moved(aRun(1, { state: from, release }), to, {}, at(5));
      if (allowed) t.is(move().state, to);
      else t.throws(move, { message: `app-1 cannot become ${to}: it is ${from}` });
    }
  }
});

test('a run without a release is over when it has passed', (t) => {
  t.throws(() => moved(aRun(1, { state: 'passed' }), 'cancelled', {}, at(5)), { message: 'app-1 cannot become cancelled: it is passed' });
});

test('the end of a run ends its stages', (t) => {
  const run = aRun(1, {
    state: 'running',
    stages: [
      { name: 'image', kind: 'image', state: 'started' },
      { name: 'test', kind: 'test', state: 'waiting' },
    ],
  });
  t.deepEqual(
    moved(run, 'cancelled', {}, at(5)).stages.map((stage) => stage.state),
    ['cancelled', 'skipped'],
  );
});
