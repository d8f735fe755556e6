import test from 'ava';
import { rawEvent, rawJob, rawPod } from '../../../../src/clients/cluster/watch/raw.ts';
import * as views from '../../../../src/clients/cluster/watch/views.ts';
import { json, status } from '../scripted-api.ts';
import { followedPods, pod, podList, send } from './followed-pods.ts';

const isList = ({ query }: { query: URLSearchParams }) => !query.has('watch');
const isWatch = ({ query }: { query: URLSearchParams }) => query.has('watch');

test('lists what is there, then watches from that version for what changes', async (t) => {
  const { scripted, watches, asked, reflector, pods } = await followedPods(t);
  scripted.on(isList, podList(10, pod('a', 3), pod('b', 4)));
  await reflector.start().synced;
  t.deepEqual(pods(), ['a@3', 'b@4']);
  await scripted.until(() => watches.length === 1);
  send(watches[0], 'MODIFIED', pod('a', 11));
  send(watches[0], 'ADDED', pod('c', 12));
  send(watches[0], 'DELETED', pod('b', 13));
  await scripted.until(() => pods().length === 5);
  t.deepEqual(pods().slice(2), ['a@11', 'c@12', '-b@13']);
  t.deepEqual(Object.fromEntries(asked()[0]?.query ?? []), {
    labelSelector: 'coxswain/instance=lab',
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: '10',
    timeoutSeconds: '60',
  });
});

test('a watch that ends is renewed at once from the last version, which a bookmark moves on', async (t) => {
  const { scripted, watches, asked, lists, reflector, heard } = await followedPods(t, { window: 20, grace: 60_000 });
  scripted.on(isList, podList(10));
  reflector.start();
  await scripted.until(() => watches.length === 1);
  send(watches[0], 'BOOKMARK', { metadata: { resourceVersion: '99' } });
  watches[0]?.end();
  await scripted.until(() => watches.length === 2);
  t.is(asked()[1]?.query.get('resourceVersion'), '99');
  t.is(lists().length, 1);
  t.false(heard.some((text) => text.startsWith('down')));
});

test('a broken connection goes on from the last version, and nothing is told twice', async (t) => {
  const { scripted, watches, asked, lists, reflector, pods, heard } = await followedPods(t);
  scripted.on(isList, podList(10, pod('a', 3)));
  reflector.start();
  await scripted.until(() => watches.length === 1);
  send(watches[0], 'MODIFIED', pod('a', 11));
  await scripted.until(() => pods().length === 2);
  watches[0]?.destroy();
  await scripted.until(() => watches.length === 2 && heard.at(-1) === 'up');
  t.is(asked()[1]?.query.get('resourceVersion'), '11');
  t.is(lists().length, 1);
  t.deepEqual(pods(), ['a@3', 'a@11']);
  t.is(heard.filter((text) => text.startsWith('down')).length, 1);
});

for (const [way, gone] of [
  [
    'in the stream',
    (response) =>
      response.writeHead(200).end(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } })}\n`),
  ],
  ['as the answer', status(410, 'Expired', 'too old resource version')],
] as [string, ReturnType<typeof status>][]) {
  test(`a version that is too old (410 ${way}) leads to a new list; what vanished meanwhile is told as gone`, async (t) => {
    const { scripted, watches, asked, reflector, pods } = await followedPods(t);
    scripted.on(isList, podList(10, pod('a', 3), pod('b', 4), pod('c', 5, 'uid-old')), podList(20, pod('a', 3), pod('c', 19, 'uid-new')));
    const open = (response: Parameters<typeof gone>[0]) => watches.push(response.writeHead(200));
    scripted.on(isWatch, gone, (response) => void open(response));
    reflector.start();
    await scripted.until(() => watches.length === 1);
    t.deepEqual(pods(), ['a@3', 'b@4', 'c@5', '-b@4', '-c@5', 'c@19']);
    t.is(asked().at(-1)?.query.get('resourceVersion'), '20');
  });
}

test('a list that fails is tried again until it succeeds', async (t) => {
  const { scripted, reflector, heard } = await followedPods(t);
  scripted.on(
    isList,
    status(500, 'InternalError', 'etcd'),
    (response) => response.destroy(),
    status(401, 'Unauthorized', 'who'),
    podList(10, pod('a', 3)),
  );
  await reflector.start().synced;
  t.is(heard.filter((text) => text.startsWith('down')).length, 3);
  t.regex(heard[0] ?? '', /^down: Kubernetes refused to follow pods: etcd$/);
  t.deepEqual(heard.slice(3), ['a@3', 'up']);
});

test('a quiet connection that does not end when it should is dead: another one is opened', async (t) => {
  const { scripted, watches, asked, reflector, pods } = await followedPods(t, { window: 100, grace: 50 });
  scripted.on(isList, podList(10));
  reflector.start();
  await scripted.until(() => watches.length === 2);
  t.is(asked()[1]?.query.get('resourceVersion'), '10');
  send(watches[1], 'ADDED', pod('a', 11));
  await scripted.until(() => pods().length === 1);
  t.deepEqual(pods(), ['a@11']);
});

test('a server that ends every watch at once is not asked in a tight loop', async (t) => {
  const { scripted, asked, reflector } = await followedPods(t, { backoff: { firstMs: 40, mostMs: 5_000, jitter: 0.5 } });
  scripted.on(isList, podList(10));
  scripted.on(isWatch, (response) => response.writeHead(200).end());
  const start = Date.now();
  reflector.start();
  await scripted.until(() => asked().length === 5);
  t.true(Date.now() - start >= (40 + 80 + 160 + 320) / 2, 'four pauses that double, each halved at most');
});

test('a new list comes from time to time even when all is well', async (t) => {
  const { scripted, watches, lists, reflector, pods } = await followedPods(t, { relist: 1 });
  scripted.on(isList, podList(10, pod('a', 3), pod('lost', 4)), podList(20, pod('a', 3)));
  reflector.start();
  await scripted.until(() => watches.length === 1);
  watches[0]?.end();
  await scripted.until(() => watches.length === 2);
  t.is(lists().length, 3, 'gone only when two lists say so');
  t.deepEqual(pods(), ['a@3', 'lost@4', '-lost@4']);
});

for (const [what, half] of Object.entries({
  'items: null': { items: null },
  'no items': { items: undefined },
  'a Status': { kind: 'Status', items: undefined, code: 500 },
  'no version': { metadata: {} },
  'Jobs instead of pods': { kind: 'JobList' },
  'a pod without a uid': { items: [{ metadata: { name: 'a', namespace: 'n', resourceVersion: '4' } }] },
})) {
  test(`a list with ${what} takes nothing away`, async (t) => {
    const { scripted, watches, lists, reflector, pods, heard } = await followedPods(t, { relist: 1 });
    const list = { kind: 'PodList', metadata: { resourceVersion: '20' }, items: [] };
    scripted.on(isList, podList(10, pod('a', 3)), json({ ...list, ...half }), podList(20, pod('a', 3), pod('b', 20)));
    reflector.start();
    await scripted.until(() => watches.length === 1);
    watches[0]?.end();
    await scripted.until(() => pods().length === 2);
    t.deepEqual(pods(), ['a@3', 'b@20']);
    t.true(lists().length >= 3);
    t.regex(heard.find((text) => text.startsWith('down')) ?? '', /sent half an answer about the request to follow pods/);
  });
}

test('one empty list after a full one takes nothing away, two do', async (t) => {
  const { scripted, watches, reflector, pods } = await followedPods(t, { relist: 1 });
  const full = podList(10, pod('a', 3));
  scripted.on(isList, full, podList(20), full, podList(30), podList(30));
  reflector.start();
  await scripted.until(() => watches.length === 1);
  watches[0]?.end();
  await scripted.until(() => watches.length === 2);
  t.deepEqual(pods(), ['a@3']);
  watches[1]?.end();
  await scripted.until(() => watches.length === 3);
  t.deepEqual(pods(), ['a@3', '-a@3']);
});

for (const half of [
  '{}',
  '{"type":"DELETED"}',
  '{"type":"DELETED","object":{"kind":"Pod","metadata":{"name":"a"}}}',
  'null',
  '{"type":"ADD',
]) {
  test(`a watch that sends ${half} is asked again from the last version`, async (t) => {
    const { scripted, watches, asked, lists, reflector, pods } = await followedPods(t);
    scripted.on(isList, podList(10, pod('a', 3)));
    reflector.start();
    await scripted.until(() => watches.length === 1);
    send(watches[0], 'MODIFIED', pod('a', 11));
    await scripted.until(() => pods().length === 2);
    watches[0]?.write(`${half}\n`);
    await scripted.until(() => watches.length === 2);
    t.is(asked()[1]?.query.get('resourceVersion'), '11');
    t.is(lists().length, 1);
    t.deepEqual(pods(), ['a@3', 'a@11']);
  });
}

test('the API server may go away and come back', async (t) => {
  const { scripted, watches, reflector, pods, heard } = await followedPods(t);
  scripted.on(isList, podList(10, pod('a', 3)));
  reflector.start();
  await scripted.until(() => watches.length === 1);
  await scripted.stop();
  await scripted.until(() => heard.filter((text) => /ECONNREFUSED/.test(text)).length >= 3);
  await scripted.listen();
  await scripted.until(() => watches.length === 2);
  send(watches[1], 'DELETED', pod('a', 12));
  await scripted.until(() => pods().length === 2);
  t.deepEqual(pods(), ['a@3', '-a@12']);
});

test('a listener that throws is written down and ends nothing', async (t) => {
  const { scripted, watches, errors, reflector, pods } = await followedPods(t);
  scripted.on(isList, podList(10, pod('bad', 3), pod('a', 4)));
  reflector.start();
  await scripted.until(() => watches.length === 1);
  send(watches[0], 'MODIFIED', pod('bad', 11));
  send(watches[0], 'MODIFIED', pod('a', 12));
  await scripted.until(() => pods().length === 4);
  t.deepEqual(pods(), ['bad@3', 'a@4', 'bad@11', 'a@12']);
  t.is(errors.length, 2);
});

test('a line that was cut in the middle is asked for again', async (t) => {
  const { scripted, watches, reflector, pods, asked } = await followedPods(t);
  scripted.on(isList, podList(10));
  reflector.start();
  await scripted.until(() => watches.length === 1);
  watches[0]?.end(JSON.stringify({ type: 'ADDED', object: pod('a', 11) }).slice(0, 40));
  await scripted.until(() => watches.length === 2);
  t.is(asked()[1]?.query.get('resourceVersion'), '10');
  send(watches[1], 'ADDED', pod('a', 11));
  await scripted.until(() => pods().length === 1);
  t.deepEqual(pods(), ['a@11']);
});

for (const during of ['list', 'watch'] as const) {
  test(`stopped during a ${during}, it leaves nothing open and tells nothing more`, async (t) => {
    const { scripted, watches, reflector, heard } = await followedPods(t);
    if (during === 'list') scripted.on(isList, () => {});
    else scripted.on(isList, podList(10));
    reflector.start();
    await scripted.until(() => (during === 'list' ? scripted.received.length : watches.length) === 1);
    reflector.stop();
    await scripted.until(() => scripted.open === 0);
    await reflector.synced;
    t.deepEqual(
      heard.filter((text) => text !== 'up'),
      [],
    );
  });
}

const jobView = (job: object) => views.jobView(rawJob.parse(job));
const podView = (pod: object) => views.podView(rawPod.parse(pod));
/** Each with the identity that every object has. */
const eventViews = (events: readonly object[]) =>
  views.eventViews(events.map((event) => rawEvent.parse({ metadata: { name: 'e', uid: 'u' }, ...event })));

const metadata = {
  resourceVersion: '1',
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

test('a time may be missing', (t) => {
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
  const bare = { metadata: { name: 'e', uid: 'u', creationTimestamp: at('30') }, note: 'assigned' };
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
