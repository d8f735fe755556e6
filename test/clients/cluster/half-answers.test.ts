import test, { type ExecutionContext } from 'ava';
import { type ClusterClient, clusterClient } from '../../../src/clients/cluster/cluster-client.ts';
import { ClusterError } from '../../../src/core/cluster.ts';
import { mutations } from '../../fixtures/mutations.ts';
import { type Answer, json, ScriptedApi, status } from './scripted-api.ts';

const metadata = { name: 'j', namespace: 'n', uid: 'k1', resourceVersion: '7', labels: { 'coxswain/run-uid': 'u1' } };
const job = { apiVersion: 'batch/v1', kind: 'Job', metadata, status: { active: 1, conditions: [{ type: 'Complete', status: 'False' }] } };
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata,
  spec: { nodeName: 'node-1', containers: [{ name: 'test' }] },
  status: { phase: 'Failed', containerStatuses: [{ name: 'test', state: { terminated: { exitCode: 1, reason: 'Error' } } }] },
};
const event = {
  kind: 'Event',
  metadata,
  type: 'Warning',
  reason: 'Failed',
  message: 'no',
  count: 2,
  lastTimestamp: '2026-11-24T12:00:00Z',
};
const list = (kind: string, ...items: object[]) => ({ kind: `${kind}List`, apiVersion: 'v1', metadata: { resourceVersion: '9' }, items });
const kinds = { kind: 'APIResourceList', resources: [{ name: 'jobs', kind: 'Job', namespaced: true }] };

interface Call {
  readonly act: (client: ClusterClient) => Promise<unknown>;
  /** A valid answer to its last request; the ones before have theirs in `before`. */
  readonly whole: object;
  readonly before?: readonly object[];
}

const calls: Readonly<Record<string, Call>> = {
  job: { act: (client) => client.job('n', 'j'), whole: job },
  pod: { act: (client) => client.pod('n', 'j'), whole: pod },
  podsOf: { act: (client) => client.podsOf('n', 'u1', 'test'), whole: list('Pod', pod) },
  eventsOf: { act: (client) => client.eventsOf('n', 'k1'), whole: list('Event', event) },
  namespaces: { act: (client) => client.namespaces(), whole: list('Namespace', { metadata, status: { phase: 'Active' } }) },
  storageClasses: { act: (client) => client.storageClasses(), whole: list('StorageClass', { metadata }) },
  version: { act: (client) => client.version(), whole: { gitVersion: 'v1.36.3' } },
  allowed: { act: (client) => client.allowed('get', '', 'pods'), whole: { kind: 'SelfSubjectAccessReview', status: { allowed: true } } },
  kinds: { act: (client) => client.create(job), whole: kinds },
  create: { act: (client) => client.create(job), before: [kinds], whole: job },
  replace: { act: (client) => client.replace(job), before: [kinds], whole: job },
  apply: { act: (client) => client.apply(job), before: [kinds], whole: job },
  deleteJob: { act: (client) => client.deleteJob('n', 'j'), whole: { kind: 'Status', status: 'Success' } },
  deletePod: { act: (client) => client.deletePod('n', 'j'), whole: pod },
  deleteNamespace: { act: (client) => client.deleteNamespace('n', 'u1'), whole: { kind: 'Namespace', metadata } },
};

const text = (body: string, code = 200): Answer => {
  return (response) => response.writeHead(code, { 'content-type': 'application/json' }).end(body);
};

const faults: Readonly<Record<string, (whole: object) => Answer>> = {
  'cut in the middle': (whole) => text(JSON.stringify(whole).slice(0, -8)),
  'cut, with the connection': (whole) => (response) => {
    response.writeHead(200, { 'content-length': '100000' }).write(JSON.stringify(whole));
    setTimeout(() => response.destroy(), 5);
  },
  empty: () => text(''),
  'an empty object': () => json({}),
  null: () => json(null),
  'a list of something': () => json([1]),
  'a Status in a 200': () => json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 500, message: 'etcd' }),
  'another kind': (whole) => json({ ...whole, kind: 'ConfigMap', gitVersion: 1 }),
  HTML: () => text('<html><title>Welcome</title></html>'),
  'a 404 of somebody else': () => text('<html>no such page</html>', 404),
  'a 404 without a word': () => (response) => response.writeHead(404).end(),
};

async function connected(t: ExecutionContext, ...answers: readonly Answer[]) {
  const scripted = await ScriptedApi.start();
  const client = clusterClient({ kubeConfig: scripted.kubeConfig(), instance: 'lab', log: { error: (message) => t.log(message) } });
  t.teardown(async () => {
    await client.close();
    await scripted.stop();
  });
  scripted.on(() => true, ...answers);
  return { scripted, client };
}

const mayBeGone = ['job', 'pod', 'deleteJob', 'deletePod', 'deleteNamespace'];

/** Faults that are whole answers to these calls. */
const fine: Readonly<Record<string, readonly string[]>> = {
  'a Status in a 200': ['deleteJob', 'deletePod'],
  'another kind': ['deleteJob', 'deletePod', 'create', 'replace', 'apply'],
};

for (const [name, { act, whole, before = [] }] of Object.entries(calls)) {
  for (const [fault, answer] of Object.entries(faults)) {
    if (fine[fault]?.includes(name)) continue;
    test(`${name}: ${fault} is half an answer`, async (t) => {
      const { client } = await connected(t, ...before.map((one) => json(one)), answer(whole));
      const error = await t.throwsAsync(act(client), { instanceOf: ClusterError });
      // Only where an object may be gone is it doubted; of a kind that is not known the API server says 404 in plain text.
      if (!fault.startsWith('a 404') || mayBeGone.includes(name)) t.true(error.retry, error.message);
      t.notRegex(error.message, /undefined|JSON input|position|<html/);
    });
  }

  test(`${name}: nothing that a server may answer ends in an error of ours`, async (t) => {
    const { client, scripted } = await connected(t);
    for (const changed of mutations(whole, 50)) {
      scripted.on(() => true, ...before.map((one) => json(one)), json(changed));
      await act(client).catch((error) => t.true(error instanceof ClusterError, String(error.stack)));
    }
    t.pass();
  });
}

for (const items of ['null', 'none', 'one without a uid', 'one without a name', 'one that is null']) {
  test(`a list with items ${items} is none`, async (t) => {
    const shapes: Readonly<Record<string, object>> = {
      null: { items: null },
      none: { items: undefined },
      'one without a uid': { items: [pod, { ...pod, metadata: { ...metadata, uid: undefined } }] },
      'one without a name': { items: [{ ...pod, metadata: { ...metadata, name: '' } }] },
      'one that is null': { items: [null] },
    };
    const { client } = await connected(t, json({ ...list('Pod'), ...shapes[items] }));
    const error = await t.throwsAsync(client.podsOf('n', 'u1', 'test'), { instanceOf: ClusterError });
    t.regex(error.message, /sent half an answer about the request to list pods in n: "items/);
    t.true(error.retry);
  });
}

test('an object is gone only where the API server says so itself', async (t) => {
  const { client } = await connected(t, status(404, 'NotFound', 'jobs.batch "j" not found'));
  t.is(await client.job('n', 'j'), undefined);
});

test('a list goes on where the server made pages of it', async (t) => {
  const page = (token: string, name: string) =>
    json({ ...list('Pod', { ...pod, metadata: { ...metadata, name } }), metadata: { resourceVersion: '9', continue: token } });
  const { client, scripted } = await connected(t, page('two', 'a'), page('three', 'b'), page('', 'c'));
  t.deepEqual(
    (await client.podsOf('n', 'u1', 'test')).map(({ name }) => name),
    ['a', 'b', 'c'],
  );
  t.deepEqual(
    scripted.received.map(({ query }) => query.get('continue')),
    [null, 'two', 'three'],
  );
});

test('a list that goes on for ever is half an answer', async (t) => {
  const { client, scripted } = await connected(t, json({ ...list('Pod', pod), metadata: { resourceVersion: '9', continue: 'on' } }));
  await t.throwsAsync(client.podsOf('n', 'u1', 'test'), { instanceOf: ClusterError, message: /goes on for ever/ });
  t.is(scripted.received.length, 2);
});
