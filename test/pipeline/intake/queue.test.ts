import test from 'ava';
import type { Config } from '../../../src/core/config.ts';
import type { Run } from '../../../src/core/run/run.ts';
import { queue } from '../../../src/pipeline/intake/queue.ts';
import { WaitingLine } from '../../../src/pipeline/intake/waiting-line.ts';
import { aBook, aRun, at } from '../world.ts';

const plenty = { runs: 10, newRuns: 20 };
const none = () => 0;

/** What a line of these runs says, each part after the one before is done. */
function turns(runs: readonly Run[], limits: Config['limits'], gpusOf: (repository: string) => number) {
  const line = new WaitingLine(limits, gpusOf);
  for (const run of runs) line.put(run);
  const state = (id: string, state: Run['state']) => runs.filter((run) => run.id === id).map((run) => line.put({ ...run, state }));
  const supersede = line.superseded();
  for (const { id } of supersede) state(id, 'superseded');
  const start = line.startable();
  for (const id of start) state(id, 'running');
  return { start, supersede, wait: line.waiting() };
}

test('a free branch starts its run', (t) => {
  t.deepEqual(turns([aRun(1)], plenty, none), { start: ['app-1'], supersede: [], wait: [] });
});

test('while a run of the branch is under way newer commits wait, and only the newest stays', (t) => {
  const runs = [aRun(1, { state: 'running' }), aRun(2), aRun(3), aRun(4)];
  t.deepEqual(turns(runs, plenty, none), {
    start: [],
    supersede: [
      { id: 'app-2', by: 'app-4' },
      { id: 'app-3', by: 'app-4' },
    ],
    wait: [{ id: 'app-4', behind: 'app-1' }],
  });
});

test('branches and repositories do not wait for each other', (t) => {
  const runs = [aRun(1, { state: 'running' }), aRun(2, { branch: 'feature' }), aRun(3, { repository: 'other' })];
  t.deepEqual(turns(runs, plenty, none).start, ['app-2', 'app-3']);
});

test('a retry takes nobody’s place and waits for its turn', (t) => {
  const retry: Partial<Run> = { cause: { kind: 'retry', by: 'U1', key: 'k' } };
  t.deepEqual(turns([aRun(1, { state: 'running' }), aRun(2), aRun(3, retry)], plenty, none), {
    start: [],
    supersede: [],
    wait: [
      { id: 'app-2', behind: 'app-1' },
      { id: 'app-3', behind: 'app-2' },
    ],
  });
  t.deepEqual(turns([aRun(2), aRun(3, retry)], plenty, none), {
    start: ['app-2'],
    supersede: [],
    wait: [{ id: 'app-3', behind: 'app-2' }],
  });
});

test('the cap on runs holds over all branches', (t) => {
  const runs = [aRun(1, { state: 'running', branch: 'a' }), aRun(2, { branch: 'b' }), aRun(3, { branch: 'c' })];
  t.deepEqual(turns(runs, { ...plenty, runs: 2 }, none).start, ['app-2']);
});

test('a run that waits for GPUs is not overtaken by another that needs some, but by one that needs none', (t) => {
  const of = (number: number, repository: string) => aRun(number, { repository, branch: String(number) });
  const runs = [{ ...of(1, 'one'), state: 'running' as const }, of(2, 'two'), of(3, 'one'), of(4, 'none')];
  const need: Record<string, number> = { one: 1, two: 2, none: 0 };
  t.deepEqual(turns(runs, { ...plenty, gpus: 2 }, (repository) => need[repository] ?? 0).start, ['app-4']);
});

test('the newer run is the one with the higher number, also when the clock was set back between the two', (t) => {
  const runs = [
    aRun(1, { state: 'running' }),
    aRun(2, { createdAt: at(9_000).toISOString() }),
    aRun(3, { createdAt: at(10).toISOString() }),
  ];
  t.like(turns(runs, plenty, none), { start: [], supersede: [{ id: 'app-2', by: 'app-3' }] });
});

test('after a repository got another short name its newer run is the later one', (t) => {
  const runs = [aRun(1, { state: 'running' }), aRun(12), { ...aRun(13), id: 'renamed-1' }];
  t.like(turns(runs, plenty, none), { start: [], supersede: [{ id: 'app-12', by: 'renamed-1' }] });
});

test('what waits is behind the run of its branch, else behind the one before it in line, else behind the oldest under way', (t) => {
  const runs = [
    aRun(1, { state: 'running', branch: 'a' }),
    aRun(2, { state: 'running', branch: 'b' }),
    aRun(3, { branch: 'c' }),
    aRun(4, { branch: 'd' }),
    aRun(5, { branch: 'b' }),
  ];
  t.deepEqual(turns(runs, { ...plenty, runs: 2 }, none).wait, [
    { id: 'app-3', behind: 'app-1' },
    { id: 'app-4', behind: 'app-3' },
    { id: 'app-5', behind: 'app-2' },
  ]);
});

test('a run that waits says behind which one, until its turn comes', async (t) => {
  const { book } = aBook([aRun(1, { state: 'running' }), aRun(2)]);
  const take = queue(book, { limits: plenty, repositories: [] } as unknown as Config, () => at(0));
  await take();
  t.like(book.get('app-2'), { state: 'queued', queuedBehind: 'app-1', revision: 2 });
  await take();
  t.is(book.get('app-2')?.revision, 2, 'the same again is no change');
  await book.move('app-1', 'passed');
  await take();
  t.is(book.get('app-2')?.state, 'running');
  t.false('behind' in (book.get('app-2') ?? {}));
});

test('a run whose start could not be saved starts when there is room on the disk, though nothing else happens', async (t) => {
  const { book, failSaves } = aBook([aRun(1)]);
  const take = queue(book, { limits: plenty, repositories: [] } as unknown as Config, () => at(0), 20);
  failSaves(true);
  await t.throwsAsync(take(), { message: 'disk full' });
  failSaves(false);
  const started = new Promise<string>((resolve) => book.onChange(({ state }) => resolve(state)));
  const late = new Promise<string>((resolve) => setTimeout(resolve, 2_000, 'still waits'));
  t.is(await Promise.race([started, late]), 'running');
});

test('of ten thousand branches each change is decided by itself: all are queued and one after another ends within seconds', async (t) => {
  const many = Array.from({ length: 10_000 }, (_, i) => aRun(i + 1, { branch: `b${i}`, repository: i % 2 === 0 ? 'app' : 'other' }));
  const before = process.cpuUsage();
  const line = new WaitingLine(plenty, none);
  let said = 0;
  for (const run of many) {
    line.put(run);
    said += line.superseded().length + line.waiting().length;
  }
  for (let round = 0; round < 1_000; round += 1) {
    for (const id of line.startable()) line.put({ ...(many[Number(id.slice(4)) - 1] ?? aRun(0)), state: 'running' });
    said += line.superseded().length + line.waiting().length;
    for (const run of many.slice(round * 10, round * 10 + 10)) line.put({ ...run, state: 'passed' });
  }
  t.deepEqual(line.startable(), []);
  // Whom a run waits behind is said when it comes, and again only of the one whose neighbour has gone.
  t.true(said < 25_000, `${said} said`);
  const { user } = process.cpuUsage(before);
  t.true(user < 4_000_000, `${user / 1000} ms`);
});

test('what could not be done is decided again, and nothing is said twice otherwise', (t) => {
  const line = new WaitingLine({ ...plenty, runs: 1 }, none);
  for (const run of [aRun(1), aRun(2), aRun(3, { branch: 'b' })]) line.put(run);
  t.deepEqual(line.superseded(), [{ id: 'app-1', by: 'app-2' }]);
  t.deepEqual(line.superseded(), []);
  line.recheck();
  t.deepEqual(line.superseded(), [{ id: 'app-1', by: 'app-2' }]);
});

test('many changes at once are one look at the line', async (t) => {
  const { book } = aBook([aRun(1)]);
  const take = queue(book, { limits: plenty, repositories: [] } as unknown as Config, () => at(0));
  const looks = [take(), take(), take()];
  t.is(new Set(looks).size, 1);
  await Promise.all(looks);
  t.is(book.get('app-1')?.state, 'running');
});
