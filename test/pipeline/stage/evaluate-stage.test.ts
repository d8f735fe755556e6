import test from 'ava';
import type { ClusterEvent, ContainerView, PodView } from '../../../src/core/cluster.ts';
import { evaluate, type Observed } from '../../../src/pipeline/stage/evaluate-stage.ts';
import { schedulingWords } from '../../../src/pipeline/stage/waiting-reason.ts';
import { aJob, aPod, at, startedStage, testStage } from '../world.ts';

const main = (over: Partial<ContainerView>): ContainerView => ({ name: 'test', init: false, state: 'waiting', ...over });
const event = (reason: string, message: string): ClusterEvent => ({
  type: 'Warning',
  reason,
  message,
  count: 1,
  firstAt: at(1).toISOString(),
  lastAt: at(1).toISOString(),
});
const failedJob = aJob({
  conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' }],
});
const unschedulable = aPod({
  conditions: [
    {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message:
        '0/1 nodes are available: 1 Insufficient nvidia.com/gpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    },
  ],
});

const see = (seen: Partial<Observed>, seconds: number, stage = testStage) =>
  evaluate(stage, startedStage(), { job: aJob(), pods: [], gone: false, ...seen }, at(seconds));

test('a complete Job has passed', (t) => {
  t.deepEqual(see({ job: aJob({ conditions: [{ type: 'Complete', status: 'True' }] }) }, 9), { kind: 'passed' });
});

test('a failed Job fails by its container’s exit', (t) => {
  const pod = aPod({ node: 'n', phase: 'Failed', containers: [main({ state: 'terminated', exitCode: 2, reason: 'Error' })] });
  t.deepEqual(see({ job: failedJob, pods: [pod] }, 9), {
    kind: 'failed',
    pod: 'test-x',
    end: { container: 'test', exitCode: 2, reason: 'Error' },
  });
});

test('a failed init container is the one that failed', (t) => {
  const clone: ContainerView = { name: 'clone', init: true, state: 'terminated', exitCode: 128, reason: 'Error' };
  const state = see({ job: failedJob, pods: [aPod({ node: 'n', containers: [clone, main({ reason: 'PodInitializing' })] })] }, 9);
  t.like(state, { kind: 'failed', end: { container: 'clone', exitCode: 128 } });
});

test('the pod’s deadline is the reason, not the kill that it caused', (t) => {
  const pod = aPod({ node: 'n', reason: 'DeadlineExceeded', containers: [main({ state: 'terminated', exitCode: 137, reason: 'Error' })] });
  t.like(see({ job: failedJob, pods: [pod] }, 9), { end: { reason: 'DeadlineExceeded', exitCode: 137 } });
  const job = {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: { name: 'test' },
    spec: { template: { spec: { activeDeadlineSeconds: 2_700 } } },
  };
  const state = evaluate(testStage, startedStage({ objects: [job] }), { job: failedJob, pods: [pod], gone: false }, at(9));
  t.like(state, { end: { message: 'limit 45 min' } });
});

for (const [name, over] of Object.entries({
  evicted: { reason: 'Evicted', message: 'The node was low on resource: memory.' },
  drained: { conditions: [{ type: 'DisruptionTarget', status: 'True', message: 'Eviction API: evicting' }] },
  deleted: { deletedAt: at(3).toISOString() },
  'on a node that shut down': { reason: 'NodeShutdown', message: 'Pod was terminated in response to imminent node shutdown.' },
} satisfies Record<string, Partial<PodView>>)) {
  test(`a pod that was ${name} is interrupted, not failed by the commit`, (t) => {
    const pod = aPod({ node: 'n', containers: [main({ state: 'terminated', exitCode: 137 })], ...over });
    t.like(see({ job: failedJob, pods: [pod] }, 9), { kind: 'failed', cause: { kind: 'interrupted' } });
  });
}

test('a failed Job whose running pod is gone was interrupted', (t) => {
  const state = evaluate(testStage, startedStage({ podStartedAt: at(1).toISOString() }), { job: failedJob, pods: [], gone: false }, at(9));
  t.like(state, { cause: { kind: 'interrupted', title: 'Interrupted: its pod was deleted' } });
});

test('a Job that is gone was interrupted', (t) => {
  t.like(evaluate(testStage, startedStage(), { pods: [], gone: true }, at(9)), { kind: 'failed', cause: { kind: 'interrupted' } });
});

test('what keeps a pod from a node is said only when it has stood for five seconds', (t) => {
  t.like(see({ pods: [unschedulable] }, 2), { phase: 'waiting for a node', needsEvents: false });
  t.false('waitingFor' in see({ pods: [unschedulable] }, 2));
  t.like(see({ pods: [unschedulable], events: [] }, 6), {
    waitingFor: 'the only node has too little free nvidia.com/gpu',
  });
});

test('a pod that never fits fails at the start limit with that reason', (t) => {
  t.like(see({ pods: [unschedulable], events: [] }, 601), {
    kind: 'failed',
    cause: {
      kind: 'not-started',
      title: 'Did not start within 10 min: the only node has too little free nvidia.com/gpu',
    },
  });
});

test('a Job without a pod asks for events and then says why', (t) => {
  t.like(see({}, 6), { needsEvents: true });
  const quota = event(
    'FailedCreate',
    'Error creating: pods "test-abc" is forbidden: exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0',
  );
  t.like(see({ events: [quota] }, 6), { waitingFor: 'no pod can start: quota none is used up (requests pods=1, used 0 of 0)' });
});

test('an image that cannot be pulled is said with the reason of the attempt and fails after five minutes', (t) => {
  const pod = aPod({
    node: 'n',
    startTime: at(1).toISOString(),
    containers: [main({ reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' })],
  });
  const events = [event('Failed', 'Failed to pull image "x": not found')];
  t.like(see({ pods: [pod], events }, 6), {
    waitingFor: 'test: its image cannot be pulled (ImagePullBackOff: x: not found)',
  });
  const repeated =
    'rpc error: code = NotFound desc = failed to pull and unpack image "lab/x:1": failed to resolve reference "lab/x:1": lab/x:1: not found';
  const first = { ...pod, containers: [main({ reason: 'ErrImagePull', message: repeated })] };
  t.like(see({ pods: [first], events }, 6), { waitingFor: 'test: its image cannot be pulled (ErrImagePull: lab/x:1: not found)' });
  t.is(see({ pods: [pod], events }, 299).kind, 'going');
  t.is(see({ pods: [pod], events }, 302).kind, 'failed');
});

test('a stage that runs is under no start limit', (t) => {
  const pod = aPod({ node: 'n', containers: [main({ state: 'running' })] });
  t.like(see({ pods: [pod] }, 100_000), { kind: 'going', phase: 'runs', needsEvents: false });
});

test('the scheduler’s message becomes words', (t) => {
  t.is(
    schedulingWords(
      '0/3 nodes are available: 1 node(s) had untolerated taint {gpu: true}, 2 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.',
    ),
    'none of 3 nodes fits: 1 had untolerated taint {gpu: true}, 2 have too little free cpu',
  );
  const attempts = '. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';
  t.is(
    schedulingWords(`0/1 nodes are available: 1 Insufficient nvidia.com/gpu${attempts}`),
    'the only node has too little free nvidia.com/gpu',
  );
  t.is(schedulingWords('pod has unbound immediate PersistentVolumeClaims'), 'pod has unbound immediate PersistentVolumeClaims');
});

test('a pod is lost by the limit that its Job was made with, not by what the configuration says since', (t) => {
  const spec = { template: { spec: { activeDeadlineSeconds: 7_200 } } };
  const made = startedStage({ objects: [{ kind: 'Job', apiVersion: 'batch/v1', metadata: { name: 'test' }, spec }] });
  const pod = aPod({ node: 'n', startTime: at(0).toISOString(), containers: [main({ state: 'running' })] });
  const after = (seconds: number) => evaluate(testStage, made, { job: aJob(), pods: [pod], gone: false }, at(seconds)).kind;
  t.true(testStage.timeout < 7_200_000);
  t.deepEqual([after(testStage.timeout / 1000 + 600), after(7_200 + 600)], ['going', 'failed']);
});
