import test from 'ava';
import type { Repository, Stage } from '../../src/core/config.ts';
import type { Run } from '../../src/core/run/run.ts';
import { type RunStep, stepRun } from '../../src/pipeline/reconcile-run.ts';
import { renderStage, type StageStart } from '../../src/pipeline/stage/start-stage.ts';
import { aBook, aRun, at, imageStage, startedStage, testStage } from './world.ts';

const repositoryOf = (...stages: Stage[]) => ({ name: 'app', stages, clone: 'g' }) as unknown as Repository;

/** One step of a run whose configuration is not the one that it began with. */
async function stepped(run: Run, ...stages: Stage[]) {
  const { book } = aBook([run]);
  await stepRun({ book, repositories: [repositoryOf(...stages)] } as unknown as RunStep, run.id);
  return book.get(run.id);
}

test('a run whose stage the configuration no longer has fails, whatever it was doing', async (t) => {
  for (const record of [startedStage({ state: 'waiting' }), startedStage({ state: 'starting', objects: [] }), startedStage()]) {
    const run = aRun(1, { state: 'running', stages: [record] });
    t.like(await stepped(run, imageStage), { state: 'failed', reason: 'test stage test of app is no longer in the configuration' });
  }
});

test('a stage that has become one of another kind is not the stage that was', async (t) => {
  const run = aRun(1, { state: 'running', stages: [startedStage({ name: 'image', kind: 'image' })] });
  t.like(await stepped(run, { ...testStage, name: 'image' }), { state: 'failed' });
});

test('a test without an image fails and does not hold its branch', async (t) => {
  const { book } = aBook([aRun(1, { state: 'running', stages: [startedStage({ state: 'waiting' })] })]);
  const registry = { push: 'r:1', pull: 'r:1', api: 'http://r:1' };
  const around = { registry, pullCredentials: false };
  const start = { book, templates: { read: async () => '' }, around, secrets: {}, now: () => at(0) } as unknown as StageStart;
  await renderStage(start, book.get('app-1') as Run, repositoryOf(testStage), testStage);
  t.regex(book.get('app-1')?.reason ?? '', /has no image to test/);
});
