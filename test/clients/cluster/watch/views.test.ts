import test from 'ava';
import { eventViews, jobView, podView } from '../../../../src/clients/cluster/watch/views.ts';

const metadata = {
  namespace: 'cox-lab-runner-1',
  name: 'image',
  uid: 'u1',
  labels: { 'coxswain/run': 'runner-1' },
  creationTimestamp: '2026-11-24T12:00:00Z',
};
const named = {
  namespace: 'cox-lab-runner-1',
  name: 'image',
  uid: 'u1',
  labels: { 'coxswain/run': 'runner-1' },
  createdAt: '2026-11-24T12:00:00Z',
};

test('a Job without a status counts nothing', (t) => {
  t.deepEqual(jobView({ metadata }), { ...named, active: 0, succeeded: 0, failed: 0, conditions: [] });
});

test('a Job says how its pods ended and why it ended', (t) => {
  const conditions = [
    { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' },
  ];
  t.deepEqual(jobView({ metadata, status: { failed: 1, conditions } }), { ...named, active: 0, succeeded: 0, failed: 1, conditions });
});

test('times may be text or Date', (t) => {
  t.is(jobView({ metadata: { ...metadata, creationTimestamp: new Date('2026-11-24T12:00:00Z') } }).createdAt, '2026-11-24T12:00:00.000Z');
  t.is(jobView({ metadata: { ...metadata, creationTimestamp: null } }).createdAt, undefined);
});

test('a pod that nobody has looked at yet shows its containers as waiting, init containers first', (t) => {
  const spec = { initContainers: [{ name: 'clone' }], containers: [{ name: 'build' }] };
  t.deepEqual(podView({ metadata, spec, status: { phase: 'Pending' } }), {
    ...named,
    phase: 'Pending',
    conditions: [],
    containers: [
      { name: 'clone', init: true, state: 'waiting' },
      { name: 'build', init: false, state: 'waiting' },
    ],
  });
});

test('containers stand in the order of the spec, whatever that of the statuses', (t) => {
  const spec = { containers: [{ name: 'z' }, { name: 'a' }] };
  const status = {
    containerStatuses: [
      { name: 'a', state: { running: { startedAt: '2026-11-24T12:00:05Z' } } },
      { name: 'z', state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } },
    ],
  };
  t.deepEqual(podView({ metadata, spec, status }).containers, [
    { name: 'z', init: false, state: 'waiting', reason: 'ErrImagePull', message: 'not found' },
    { name: 'a', init: false, state: 'running', startedAt: '2026-11-24T12:00:05Z' },
  ]);
});

test('a container that ended says how', (t) => {
  const ended = { exitCode: 137, signal: 9, reason: 'OOMKilled', startedAt: '2026-11-24T12:00:05Z', finishedAt: '2026-11-24T12:00:09Z' };
  const pod = (terminated: object) =>
    podView({ metadata, spec: { containers: [{ name: 'a' }] }, status: { containerStatuses: [{ name: 'a', state: { terminated } }] } });
  t.deepEqual(pod(ended).containers, [{ name: 'a', init: false, state: 'terminated', ...ended }]);
  t.deepEqual(pod({ exitCode: 0, signal: 0, message: '' }).containers, [{ name: 'a', init: false, state: 'terminated', exitCode: 0 }]);
});

test('a pod says where it runs, since when, why it failed, and that it is being deleted', (t) => {
  const view = podView({
    metadata: { ...metadata, deletionTimestamp: '2026-11-24T12:01:00Z' },
    spec: { nodeName: 'node-1' },
    status: { phase: 'Failed', reason: 'DeadlineExceeded', message: 'Pod was active too long', startTime: '2026-11-24T12:00:02Z' },
  });
  t.like(view, {
    phase: 'Failed',
    reason: 'DeadlineExceeded',
    message: 'Pod was active too long',
    node: 'node-1',
    startTime: '2026-11-24T12:00:02Z',
    deletedAt: '2026-11-24T12:01:00Z',
  });
});

const at = (second: string) => `2026-11-24T12:00:${second}Z`;

test('an event of the old form and one of the new form say when and how often', (t) => {
  const warning = { type: 'Warning', reason: 'FailedCreate', message: 'quota' };
  const old = { ...warning, count: 4, firstTimestamp: at('00'), lastTimestamp: at('09'), eventTime: null, series: null };
  const series = { count: 3, lastObservedTime: at('09.123456') };
  const recent = { ...warning, firstTimestamp: null, lastTimestamp: null, eventTime: at('01.900000'), series };
  const bare = { metadata: { creationTimestamp: at('30') }, note: 'assigned' };
  t.deepEqual(eventViews([old, recent, bare]), [
    { ...warning, count: 4, firstAt: at('00'), lastAt: at('09') },
    { ...warning, count: 3, firstAt: at('01.900000'), lastAt: at('09.123456') },
    { type: 'Normal', reason: '', message: 'assigned', count: 1, firstAt: at('30'), lastAt: at('30') },
  ]);
});

test('events come in the order in which they last happened, parts of a second counted', (t) => {
  const seconds = ['09', '08.5', '09.1', '08'];
  const ordered = eventViews(seconds.map((second) => ({ lastTimestamp: at(second) })));
  t.deepEqual(
    ordered.map(({ lastAt }) => lastAt),
    [at('08'), at('08.5'), at('09'), at('09.1')],
  );
});
