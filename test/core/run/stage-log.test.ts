import test from 'ava';
import { findStage, stageToRead } from '../../../src/core/run/stage-log.ts';
import type { StageRun } from '../../../src/core/run/stage-run.ts';
import { aRun } from '../../messages/runs.ts';

const stage = (name: string, state: StageRun['state'], lines = 0): StageRun => ({
  name,
  kind: 'test',
  state,
  ...(lines > 0 && { logs: [{ container: 'main', pod: 'x', lines, done: true }] }),
});

const reads = test.macro((t, stages: readonly StageRun[], wanted: string | undefined) => t.is(stageToRead(aRun({ stages }))?.name, wanted));

test('the stage that failed is read', reads, [stage('a', 'passed', 9), stage('b', 'failed', 3), stage('c', 'skipped')], 'b');
test('also where it has printed nothing: that is the news', reads, [stage('a', 'passed', 9), stage('b', 'failed')], 'b');
test('else the latest that has printed something', reads, [stage('a', 'passed', 9), stage('b', 'started')], 'a');
test('else the latest that has begun', reads, [stage('a', 'passed'), stage('b', 'started'), stage('c', 'waiting')], 'b');
test('else the first', reads, [stage('a', 'waiting'), stage('b', 'waiting')], 'a');
test('a run without stages has none', reads, [], undefined);

test('a stage is known by its name in upper or lower case, and one like an unknown word is named', (t) => {
  const run = aRun({ stages: [stage('image', 'passed'), stage('gpu-test', 'failed')] });
  t.is(findStage(run, 'GPU-Test').name, 'gpu-test');
  t.throws(() => findStage(run, 'imge'), { message: /has no stage `imge`\. Did you mean `image`\? It has `image`, `gpu-test`\.$/ });
});

test('where an image of the release has the name of a stage, the image is meant: the stage is over by then', (t) => {
  const image = { ...stage('image', 'started'), attempt: 1 };
  const release = { version: '1.0.0', tag: 'v1.0.0', requiredVotes: 1, votes: [], images: [image] };
  t.is(findStage(aRun({ stages: [stage('image', 'passed')], release }), 'image').state, 'started');
});
