import test from 'ava';
import { canCancel, canRetry } from '../../src/core/run/allowed.ts';
import type { Run } from '../../src/core/run/run.ts';
import { runMessage } from '../../src/messages/run.ts';
import { readable, refusals } from './block-limits.ts';
import { aRun, building, built, inState, notBuilt, testing, view } from './runs.ts';

for (const [state, run] of Object.entries(inState)) {
  test(`a run that is ${state} reads like this`, (t) => {
    const message = runMessage(run, view);
    t.snapshot(readable(message));
    t.deepEqual(refusals(message), []);
  });
}

const saying = (run: Run) => readable(runMessage(run, view));

test('a stage that cannot start says why, below its line', (t) => {
  const stuck = {
    ...testing,
    phase: 'waiting for a node',
    waitingFor: '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.',
    progress: {},
  };
  const { podStartedAt: _, ...notOnNode } = stuck;
  t.snapshot(saying(aRun({ state: 'running', stages: [built, notOnNode] })));
});

test('a retry says of which run, and which stages it took over', (t) => {
  const run = aRun({ state: 'running', cause: { kind: 'retry', by: 'U0123ADA', key: 'k' }, retryOf: 'runner-12' });
  t.snapshot(saying({ ...run, stages: [{ ...built, reusedFrom: 'runner-12' }, testing] }));
});

test('things worth knowing stand below the stage', (t) => {
  const notes = ['The cache is unreachable; the build continues without it.'];
  t.regex(saying(aRun({ state: 'running', stages: [{ ...building, progress: { notes } }] })), /\n↳ The cache is unreachable/);
});

test('a failed run whose reason its stage has said does not say it twice', (t) => {
  const { blocks } = runMessage(inState.failed, view);
  t.is(JSON.stringify(blocks).split('exited with 2').length, 2);
});

test('a run that a person cancelled or a newer one superseded needs no further reason', (t) => {
  t.notRegex(saying({ ...inState.cancelled, reason: 'a person did' }), /a person did/);
  t.notRegex(saying({ ...inState.superseded, reason: 'a newer commit' }), /a newer commit/);
  t.regex(saying(aRun({ state: 'cancelled', reason: 'its repository is no longer configured' })), /no longer configured/);
});

test('a failed run whose stages do not say why gives the reason', (t) => {
  t.regex(saying(aRun({ state: 'failed', reason: 'The template has no field .Values.gpu (line 3).' })), /no field \.Values\.gpu/);
});

test('the author of a run that goes its way is named, not rung', (t) => {
  const commit = { ...aRun().commit, author: { name: 'Lin', email: 'lin@example.com' } };
  t.regex(saying(aRun({ commit })), /by Lin ·/);
  t.regex(saying(aRun()), /by Grace/);
});

test('the commit is a link only where there is a page', (t) => {
  const { url: _, commitUrl: __, ...bare } = view;
  t.regex(readable(runMessage(aRun(), bare)), /studio-go-runner · `main` · 3f2a1bc Read the queue/);
});

test('buttons are those that would not be refused', (t) => {
  for (const run of Object.values(inState)) {
    const said = saying(run);
    t.is(said.includes('→ cancel runner-142'), canCancel(run), run.state);
    t.is(said.includes('→ retry runner-142'), canRetry(run), run.state);
  }
});

test('the button for logs opens the stage that failed, else the latest', (t) => {
  t.regex(saying(aRun({ state: 'failed', stages: [notBuilt, testing] })), /\[Logs → logs runner-142 image\]/);
  t.regex(saying(aRun({ state: 'running', stages: [built, testing] })), /\[Logs → logs runner-142 gpu-test\]/);
  t.notRegex(saying(aRun()), /Logs/);
});

test('many stages are put together, and the one under way still shows', (t) => {
  const stages = Array.from({ length: 40 }, (_, index) => {
    const name = `part-${index + 1}`;
    if (index < 20) return { ...built, name };
    return index === 20 ? { ...building, name } : { name, kind: 'test' as const, state: 'waiting' as const };
  });
  const message = runMessage(aRun({ state: 'running', stages }), view);
  t.deepEqual(refusals(message), []);
  t.snapshot(readable(message));
});

test('a run that waits says behind which one', (t) => {
  t.regex(readable(runMessage(aRun({ queuedBehind: 'runner-141' }), view)), /\*runner-142\* is waiting for its turn behind runner-141\n/);
});
