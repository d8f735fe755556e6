import test from 'ava';
import { moved } from '../../../src/core/run/run.ts';
import type { StageRun, StageState } from '../../../src/core/run/stage-run.ts';
import { allStages, isUnderWay, replaceStage, stageOf, withStage } from '../../../src/core/run/stages.ts';
import { aRun, at } from '../../pipeline/world.ts';

const image = (name: string, state: StageState): StageRun => ({ name, kind: 'image', state });
const release = { version: '1.2.3', tag: 'v1.2.3', requiredVotes: 1, votes: [] };
const releasing = (...images: StageRun[]) =>
  aRun(1, { state: 'releasing', stages: [image('image', 'passed')], release: { ...release, images, github: { state: 'waiting' } } });

test('a stage is found and changed where it is: among those of the run, or among the images of its release', (t) => {
  const run = releasing(image('stock', 'started'));
  const changed = withStage(withStage(run, 'stock', { phase: 'a' }), 'image', { phase: 'b' });
  t.like(changed, { stages: [{ name: 'image', phase: 'b' }], release: { images: [{ name: 'stock', phase: 'a' }] } });
  t.is(stageOf(changed, 'stock')?.phase, 'a');
  t.is(stageOf(changed, 'other'), undefined);
  t.deepEqual(withStage(run, 'other', { phase: 'c' }), run);
  t.deepEqual(
    allStages(run).map(({ name }) => name),
    ['image', 'stock'],
  );
});

test('only what the state of the run lets go on is under way', (t) => {
  const run = releasing(image('stock', 'started'));
  t.true(isUnderWay(run, { name: 'stock' }));
  t.false(isUnderWay(run, { name: 'image' }));
  t.true(isUnderWay({ ...run, state: 'running' }, { name: 'image' }));
});

test('an image by the name of a stage that has passed is the one that is meant', (t) => {
  const run = releasing(image('image', 'failed'));
  t.is(stageOf(run, 'image')?.state, 'failed');
  const again = replaceStage(run, 'image', (one) => ({ ...one, state: 'waiting', attempt: 2 }));
  t.like(again, { stages: [{ state: 'passed', attempt: undefined }], release: { images: [{ state: 'waiting', attempt: 2 }] } });
});

test('the end of a run ends the images of its release', (t) => {
  const run = moved(releasing(image('a', 'passed'), image('b', 'started'), image('c', 'waiting')), 'cancelled', {}, at(5));
  t.like(run, { stages: [{ state: 'passed' }], release: { images: [{ state: 'passed' }, { state: 'cancelled' }, { state: 'skipped' }] } });
});
