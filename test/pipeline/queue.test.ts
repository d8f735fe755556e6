import test from 'ava';
import type { Config } from '../../src/core/config.ts';
import type { Run } from '../../src/core/run.ts';
import { queue, turns } from '../../src/pipeline/queue.ts';
import { aBook, aRun, at } from './world.ts';

const plenty = { runs: 10 };
const none = () => 0;

test('a free branch starts its run', (t) => {
  t.deepEqual(turns([aRun(1)], plenty, none), { start: ['app-1'], supersede: [] });
});

test('while a run of the branch is under way newer commits wait, and only the newest stays', (t) => {
  const runs = [aRun(1, { state: 'running' }), aRun(2), aRun(3), aRun(4)];
  t.deepEqual(turns(runs, plenty, none), {
    start: [],
    supersede: [
      { id: 'app-2', by: 'app-4' },
      { id: 'app-3', by: 'app-4' },
    ],
  });
});

test('branches and repositories do not wait for each other', (t) => {
  const runs = [aRun(1, { state: 'running' }), aRun(2, { branch: 'feature' }), aRun(3, { repository: 'other' })];
  t.deepEqual(turns(runs, plenty, none).start, ['app-2', 'app-3']);
});

test('a retry takes nobody’s place and waits for its turn', (t) => {
  const retry: Partial<Run> = { cause: { kind: 'retry', by: 'U1', key: 'k' } };
  t.deepEqual(turns([aRun(1, { state: 'running' }), aRun(2), aRun(3, retry)], plenty, none), { start: [], supersede: [] });
  t.deepEqual(turns([aRun(2), aRun(3, retry)], plenty, none), { start: ['app-2'], supersede: [] });
});

test('the cap on runs holds over all branches', (t) => {
  const runs = [aRun(1, { state: 'running', branch: 'a' }), aRun(2, { branch: 'b' }), aRun(3, { branch: 'c' })];
  t.deepEqual(turns(runs, { runs: 2 }, none).start, ['app-2']);
});

test('a run that waits for GPUs is not overtaken by another that needs some, but by one that needs none', (t) => {
  const runs = [aRun(1, { state: 'running', branch: 'a' }), aRun(2, { branch: 'b' }), aRun(3, { branch: 'c' }), aRun(4, { branch: 'd' })];
  const need: Record<string, number> = { 'app-1': 1, 'app-2': 2, 'app-3': 1, 'app-4': 0 };
  t.deepEqual(turns(runs, { runs: 10, gpus: 2 }, (run) => need[run.id] ?? 0).start, ['app-4']);
});

test('the newer run is the one with the higher number, also when the clock was set back between the two', (t) => {
  const runs = [
    aRun(1, { state: 'running' }),
    aRun(2, { createdAt: at(9_000).toISOString() }),
    aRun(3, { createdAt: at(10).toISOString() }),
  ];
  t.deepEqual(turns(runs, plenty, none), { start: [], supersede: [{ id: 'app-2', by: 'app-3' }] });
});

test('after a repository got another short name its newer run is the later one', (t) => {
  const runs = [aRun(1, { state: 'running' }), aRun(12), { ...aRun(13), id: 'renamed-1' }];
  t.deepEqual(turns(runs, plenty, none), { start: [], supersede: [{ id: 'app-12', by: 'renamed-1' }] });
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
