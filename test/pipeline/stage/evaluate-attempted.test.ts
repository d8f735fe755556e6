import test from 'ava';
import type { ContainerView, PodView } from '../../../src/core/cluster.ts';
import { evaluate } from '../../../src/pipeline/stage/evaluate-stage.ts';
import { aJob, aPod, at, startedStage, testStage } from '../world.ts';

const minute = 60;
const when = (seconds: number) => at(seconds).toISOString();
const clone: ContainerView = { name: 'clone', init: true, state: 'terminated', exitCode: 0, finishedAt: when(700) };
const main = (over: Partial<ContainerView> = {}): ContainerView => ({ name: 'test', init: false, state: 'waiting', ...over });
const onNode = (over: Partial<PodView>) => aPod({ node: 'n', startTime: when(580), ...over });
const stage = { ...testStage, timeout: 45 * minute * 1000, startTimeout: 10 * minute * 1000 };
const see = (pod: PodView, seconds: number, job = aJob()) =>
  evaluate(stage, startedStage(), { job, pods: [pod], gone: false }, at(seconds));
const failedJob = aJob({ conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] });

test('a stage whose first container has run is under no start limit, also before the next one runs', (t) => {
  t.like(see(onNode({ containers: [clone, main({ reason: 'PodInitializing' })] }), 701), { kind: 'going', podStartedAt: when(580) });
  const second: ContainerView = { name: 'prepare', init: true, state: 'waiting', reason: 'PodInitializing' };
  t.like(see(onNode({ containers: [clone, second, main()] }), 701), { kind: 'going' });
});

test('an image that cannot be pulled after a long init container has its five minutes too', (t) => {
  const pod = onNode({ containers: [clone, main({ reason: 'ErrImagePull', message: 'x: not found' })] });
  t.like(see(pod, 720), { kind: 'going', waitingFor: 'test: its image cannot be pulled (ErrImagePull: x: not found)' });
  t.is(see(pod, 700 + 5 * minute - 1).kind, 'going');
  t.like(see(pod, 700 + 5 * minute), { kind: 'failed', cause: { kind: 'not-started' } });
});

test('a container beside a running one that cannot start is said', (t) => {
  const pod = onNode({ containers: [main({ state: 'running' }), main({ name: 'database', reason: 'ImagePullBackOff' })] });
  t.like(see(pod, 600), { kind: 'going', phase: 'runs', waitingFor: 'database: its image cannot be pulled (ImagePullBackOff)' });
});

test('of several containers that ended badly the first one is the cause', (t) => {
  const killed: ContainerView = { name: 'proxy', init: true, state: 'terminated', exitCode: 137, finishedAt: when(901) };
  const failing = main({ state: 'terminated', exitCode: 1, finishedAt: when(900) });
  t.like(see(onNode({ containers: [clone, killed, failing] }), 905, failedJob), { end: { container: 'test', exitCode: 1 } });
});

test('a pod runs, whatever runs beside it as an init container', (t) => {
  const proxy: ContainerView = { name: 'proxy', init: true, state: 'running' };
  t.like(see(onNode({ containers: [proxy, main({ state: 'running' })] }), 800), { phase: 'runs' });
});

test('a pod on a node that is lost was interrupted, a few minutes after it should have ended', (t) => {
  const running = onNode({ containers: [main({ state: 'running' })] });
  const end = 580 + 45 * minute;
  t.like(see(running, end + 179), { kind: 'going', againInMs: 1_050 });
  t.like(see(running, end + 180), { kind: 'failed', cause: { kind: 'interrupted' } });
  const deleted = onNode({ containers: [main({ state: 'running' })], deletedAt: when(1_000) });
  t.is(see(deleted, 1_179).kind, 'going');
  t.like(see(deleted, 1_180), { kind: 'failed', cause: { title: 'Interrupted: its pod should have ended, but n has not reported that' } });
});
