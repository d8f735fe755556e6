import test from 'ava';
import { moved, nextStates, type RunState } from '../../../src/core/run/run.ts';
import { byAge, idParts, numberOf } from '../../../src/core/run/run-id.ts';
import { SortedList } from '../../../src/core/run/sorted-list.ts';
import { type Again, step, takeSteps } from '../../../src/core/run/steps.ts';
import { aBook, aRun, at } from '../../pipeline/world.ts';

test('an id is the short name of a repository, which may have hyphens itself, and a number', (t) => {
  t.deepEqual(idParts('runner-142'), { short: 'runner', number: 142 });
  t.deepEqual(idParts('go-runner-2-7'), { short: 'go-runner-2', number: 7 });
  t.is(numberOf('go-runner-2-7'), 7);
});

test('what has no number or no name before it is no id', (t) => {
  for (const text of ['runner', 'runner-', '-1', 'runner-1a', 'runner-007', '']) {
    t.is(idParts(text), undefined);
    t.is(numberOf(text), 0);
  }
});

test('runs of the same moment are in the order of their numbers, not of their digits', (t) => {
  const runs = [aRun(10), aRun(9), aRun(2)].map((run) => ({ ...run, createdAt: '2026-11-24T14:00:00.000Z' }));
  const older = { ...aRun(99), createdAt: '2026-11-24T13:59:59.999Z' };
  t.deepEqual(
    [...runs, older].sort(byAge).map(({ id }) => id),
    ['app-99', 'app-2', 'app-9', 'app-10'],
  );
});

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

test('whatever is put in and taken out, in whatever order, it is as if it had been sorted', (t) => {
  const list = new SortedList<number>((a, b) => a - b);
  const plain = new Set<number>();
  let seed = 7;
  for (let round = 0; round < 5_000; round += 1) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const item = seed % 200;
    if (seed % 3 === 0) t.is(list.drop(item) !== undefined, plain.delete(item));
    else {
      list.put(item);
      plain.add(item);
    }
  }
  t.deepEqual(
    list.items,
    [...plain].sort((a, b) => a - b),
  );
  for (const [place, item] of list.items.entries()) t.is(list.place(item), place);
});

test('the same item again takes its own place', (t) => {
  const list = new SortedList<{ at: number; what: string }>((a, b) => a.at - b.at);
  for (const at of [3, 1, 2]) list.put({ at, what: 'old' });
  t.is(list.put({ at: 2, what: 'new' }), 1);
  t.deepEqual(
    list.items.map(({ what }) => what),
    ['old', 'new', 'old'],
  );
});

/** The steps `a`, `b` … of which each gives what stands there, or is not due; what they did is listed. */
async function taken(gives: readonly (Again | 'not due')[]) {
  const done: string[] = [];
  const steps = gives.map((again, place) =>
    step(
      'abc'[place] ?? '',
      () => (again === 'not due' ? undefined : { again }),
      async (_deps: undefined, { again }) => again as Again,
    ),
  );
  const doing = <T>(what: string, work: () => T): T => {
    done.push(what);
    return work();
  };
  return { again: await takeSteps(steps, undefined, {}, doing), done: done.join('') };
}

const gives = test.macro<[gives: readonly (Again | 'not due')[], again: Again, done: string]>({
  async exec(t, some, again, done) {
    t.deepEqual(await taken(some), { again, done });
  },
  title: (_name, some, again, done) => `steps ${JSON.stringify(some)}: '${done}' are taken, and again in ${again} ms`,
});

test(gives, [], undefined, '');
test(gives, [undefined, undefined], undefined, 'ab');
test(gives, [7, undefined, 5], 5, 'abc');
test(gives, [undefined, 7], 7, 'ab');
test(gives, [7, 0, 5], 0, 'ab');
test(gives, ['not due', 7, 'not due'], 7, 'b');
