import test from 'ava';
import type { Run } from '../../src/core/run.ts';
import { turns } from '../../src/pipeline/queue.ts';
import { aRun } from './world.ts';

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
