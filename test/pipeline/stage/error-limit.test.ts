import test from 'ava';
import { UserError } from '../../../src/core/errors.ts';
import type { Run } from '../../../src/core/run/run.ts';
import { withErrorLimit } from '../../../src/pipeline/stage/error-limit.ts';
import { aRelease, aRepository, passedRun, stock } from '../releasing.ts';
import { aBook, aRun, at, startedStage, testStage } from '../world.ts';

const silent = () => Promise.reject(Object.assign(new Error('does not answer'), { retry: true }));
const forbidden = () => Promise.reject(new UserError('jobs is forbidden: cannot get resource "jobs"'));
const approved = {
  version: '1.2.3',
  tag: 'v1.2.3',
  openedAt: at(1).toISOString(),
  requiredVotes: 1,
  votes: [],
  approvedAt: at(2).toISOString(),
};

test('an image of a release that is out on GitHub fails when its cluster has not answered for an hour, and can be tried again', async (t) => {
  const image = {
    name: 'stock',
    kind: 'image',
    attempt: 1,
    state: 'starting',
    objects: [{ kind: 'Job', metadata: { name: 'j' } }],
  };
  const release = { ...approved, github: { state: 'published' }, images: [image] };
  const { step, book, clock, deps, decisions, world } = aRelease(
    [passedRun(1, { state: 'releasing', release } as unknown as Partial<Run>)],
    { repository: aRepository({ images: [stock], order: 'github-first' }) },
  );
  const { create } = deps.cluster;
  Object.assign(deps.cluster, { create: silent });
  await t.throwsAsync(step('app-1'), { message: 'does not answer' });
  clock.now = at(1000 + 3_599);
  await t.throwsAsync(step('app-1'), { message: 'does not answer' });
  clock.now = at(1000 + 3_600);
  await step('app-1');
  const failed = book.get('app-1');
  t.is(failed?.state, 'releasing');
  t.like(failed?.release?.images?.[0], {
    state: 'failed',
    cause: { title: 'It could not continue for more than an hour: does not answer' },
  });
  Object.assign(deps.cluster, { create });
  await decisions.tryAgain('app-1', 'stock');
  await step('app-1', 2);
  t.true(world.created.includes('Job stock-attempt-2'));
});

const running = (over = {}) => {
  const { book } = aBook([aRun(1, { state: 'running', stages: [startedStage(over)] })]);
  const clock = { now: at(0) };
  const step = (act: () => Promise<number | undefined>) => {
    const run = book.get('app-1') ?? aRun(1);
    const [record = startedStage()] = run.stages;
    return withErrorLimit({ book, now: () => clock.now }, run, { record, stage: testStage }, act);
  };
  return { book, clock, step };
};

test('a stage whose Job the bot may not see ends an hour after the Job must have', async (t) => {
  const { book, clock, step } = running();
  await t.throwsAsync(step(forbidden));
  clock.now = at((testStage.timeout + 3_600_000 - 1) / 1000);
  await t.throwsAsync(step(forbidden));
  clock.now = at((testStage.timeout + 3_600_000) / 1000);
  t.is(await step(forbidden), 0);
  t.is(book.get('app-1')?.state, 'failed');
  t.regex(book.get('app-1')?.stages[0]?.cause?.next ?? '', /rbac\.yaml/);
});

test('a cluster that does not answer ends no stage of a run, which people can cancel', async (t) => {
  const { book, clock, step } = running();
  await t.throwsAsync(step(silent));
  clock.now = at(1_000_000);
  await t.throwsAsync(step(silent));
  t.is(book.get('app-1')?.stages[0]?.failingSince, undefined);
});

test('a step that goes well ends the trouble', async (t) => {
  const { book, clock, step } = running();
  await t.throwsAsync(step(forbidden));
  t.is(book.get('app-1')?.stages[0]?.failingSince, at(0).toISOString());
  t.is(await step(async () => 7), 7);
  t.is(book.get('app-1')?.stages[0]?.failingSince, undefined);
  clock.now = at(1_000_000);
  await t.throwsAsync(step(forbidden));
});

test('what a person has cancelled meanwhile stays cancelled', async (t) => {
  const { book, step } = running({ failingSince: at(-1_000_000).toISOString() });
  await step(async () => {
    await book.move('app-1', 'cancelled', { cancelledBy: 'U1' });
    return forbidden();
  });
  t.is(book.get('app-1')?.state, 'cancelled');
});
