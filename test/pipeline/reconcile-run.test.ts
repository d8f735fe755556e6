import test from 'ava';
import type { Repository, Stage } from '../../src/core/config.ts';
import type { Run } from '../../src/core/run/run.ts';
import { type RunDeps, reconcileRun, runSteps } from '../../src/pipeline/reconcile-run.ts';
import { renderStage, type StartDeps } from '../../src/pipeline/stage/start-stage.ts';
import { aRepository } from './releasing.ts';
import { aBook, aRun, at, imageStage, startedStage, templateOf, testStage } from './world.ts';

const repositoryOf = (...stages: Stage[]) => ({ name: 'app', stages, clone: 'g' }) as unknown as Repository;

/** A run, reconciled, whose configuration is not the one that it began with. */
async function reconciled(run: Run, ...stages: Stage[]) {
  const { book } = aBook([run]);
  await reconcileRun({ book, now: () => at(0), repositories: [repositoryOf(...stages)] } as unknown as RunDeps, run.id);
  return book.get(run.id);
}

/** Which steps a run needs, by their names. */
const needs = test.macro<[run: Partial<Run>, ...steps: string[]]>({
  exec(t, run, ...steps) {
    const subject = { run: aRun(1, run), repository: aRepository() };
    t.deepEqual(
      runSteps.filter(({ plan }) => plan(subject)).map(({ name }) => name),
      steps,
    );
  },
  title: (_name, run, ...steps) => `${JSON.stringify(run)} needs: ${steps.join(', ') || 'nothing'}`,
});

const release = { version: '1.0.0', tag: 'v1.0.0', requiredVotes: 1, votes: [] };
test(needs, { state: 'queued' });
test(needs, { state: 'running', stages: [startedStage({ state: 'waiting' })] }, 'render the stage');
test(needs, { state: 'running', stages: [startedStage({ state: 'starting' })] }, 'submit the stage');
test(needs, { state: 'running', stages: [startedStage()] }, 'observe the stage', 'renew the login of the stage');
test(needs, { state: 'running', stages: [startedStage({ state: 'passed' })] }, 'pass the run');
test(needs, { state: 'running', stages: [startedStage({ name: 'lint' })] }, 'fail the run');
test(needs, { state: 'running', stages: [startedStage({ kind: 'image' })] }, 'fail the run');
for (const state of ['passed', 'approved', 'releasing'] as const) test(needs, { state, release }, 'reconcile the release');
for (const state of ['passed', 'failed', 'superseded', 'cancelled'] as const) test(needs, { state }, 'clean up');
for (const state of ['rejected', 'expired', 'released', 'cancelled'] as const) test(needs, { state, release }, 'clean up');

test(
  needs,
  { state: 'cancelled', release: { ...release, github: { state: 'waiting' } } },
  'clean up',
  'check what a cancelled release has left',
);

test('a run whose stage the configuration no longer has fails, whatever it was doing', async (t) => {
  for (const record of [startedStage({ state: 'waiting' }), startedStage({ state: 'starting', objects: [] }), startedStage()]) {
    const run = aRun(1, { state: 'running', stages: [record] });
    t.like(await reconciled(run, imageStage), { state: 'failed', reason: 'test stage test of app is no longer in the configuration' });
  }
});

test('a stage that has become one of another kind is not the stage that was', async (t) => {
  const run = aRun(1, { state: 'running', stages: [startedStage({ name: 'image', kind: 'image' })] });
  t.like(await reconciled(run, { ...testStage, name: 'image' }), { state: 'failed' });
});

test('a test without an image fails and does not hold its branch', async (t) => {
  const { book } = aBook([aRun(1, { state: 'running', stages: [startedStage({ state: 'waiting' })] })]);
  const registry = { push: 'r:1', pull: 'r:1', api: 'http://r:1' };
  const around = { registry, pullCredentials: false };
  const start = { book, templates: { read: async () => templateOf('') }, around, secrets: {}, now: () => at(0) } as unknown as StartDeps;
  await renderStage(start, book.get('app-1') as Run, repositoryOf(testStage), testStage);
  t.regex(book.get('app-1')?.reason ?? '', /has no image to test/);
});
