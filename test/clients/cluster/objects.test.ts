import test from 'ava';
import type { ClusterClient } from '../../../src/clients/cluster/cluster-client.ts';
import { ClusterError } from '../../../src/core/cluster.ts';
import { connected } from './connected.ts';
import { type Answer, json, type Received, status } from './scripted-api.ts';

const job = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { namespace: 'n', name: 'j', labels: { 'coxswain/run-uid': 'u1' } },
  spec: { unknown: 1 },
};
const jobs = '/apis/batch/v1/namespaces/n/jobs';
const exists = status(409, 'AlreadyExists', 'jobs.batch "j" already exists');
const owned = (runUid: string, more = {}) =>
  json({ kind: 'Job', metadata: { name: 'j', uid: 'k1', labels: { 'coxswain/run-uid': runUid }, ...more } });
const ownedNamespace = (runUid: string, more = {}) =>
  json({ kind: 'Namespace', metadata: { name: 'n', uid: 'k1', labels: { 'coxswain/run-uid': runUid }, ...more } });
const by = (method: string, path: string) => (request: Received) => request.method === method && request.path === path;

test('creates at the path that the server names, the object as it is, and asks for unknown fields to be refused', async (t) => {
  const { scripted, client } = await connected(t);
  scripted.on(by('POST', jobs), json({ ...job, metadata: { ...job.metadata, uid: 'k1' } }, 201));
  t.is(await client.create(job), 'created');
  const { query, body = '', headers } = scripted.received.at(-1) ?? {};
  t.is(query?.get('fieldValidation'), 'Strict');
  t.is(headers?.['content-type'], 'application/json');
  t.deepEqual(JSON.parse(body), job);
});

test('the kinds of a group are asked for once', async (t) => {
  const { scripted, client } = await connected(t);
  scripted.on(by('POST', jobs), json({ ...job, metadata: { ...job.metadata, uid: 'k1' } }, 201));
  await Promise.all([client.create(job), client.create(job)]);
  await client.create(job);
  t.is(scripted.received.filter(({ path }) => path === '/apis/batch/v1').length, 1);
});

test('what exists with our run uid is ours', async (t) => {
  const { scripted, client } = await connected(t);
  scripted.on(by('POST', jobs), exists).on(by('GET', `${jobs}/j`), owned('u1'));
  t.is(await client.create(job), 'exists');
});

test('what exists with another run uid is refused', async (t) => {
  const { scripted, client } = await connected(t);
  scripted.on(by('POST', jobs), exists).on(by('GET', `${jobs}/j`), owned('u2'));
  const error = await t.throwsAsync(client.create(job), {
    instanceOf: ClusterError,
    message: /Job n\/j already exists and belongs to u2, not to run u1/,
  });
  t.like(error, { code: 409, reason: 'AlreadyExists', retry: false });
});

test("what has no run uid is nobody's: two objects without one are not the same", async (t) => {
  const { scripted, client } = await connected(t);
  scripted.on(by('POST', jobs), exists).on(by('GET', `${jobs}/j`), json({ kind: 'Job', metadata: { name: 'j', uid: 'k' } }));
  const nobodys = { ...job, metadata: { namespace: 'n', name: 'j' } };
  await t.throwsAsync(client.create(nobodys), { instanceOf: ClusterError, message: /belongs to no run/ });
});

test('what vanishes between the two questions may be created again', async (t) => {
  const { scripted, client } = await connected(t);
  scripted.on(by('POST', jobs), exists);
  t.like(await t.throwsAsync(client.create(job), { instanceOf: ClusterError }), { reason: 'Conflict', retry: true });
});

test('a kind that the cluster does not know, and an object without its namespace, are named', async (t) => {
  const { client } = await connected(t);
  await t.throwsAsync(client.create({ ...job, kind: 'Jub' }), {
    message: 'The cluster has no kind Jub in batch/v1. Correct apiVersion or kind.',
  });
  await t.throwsAsync(client.create({ ...job, metadata: { name: 'j', uid: 'k1' } }), {
    message: 'Job j has no namespace. Set metadata.namespace.',
  });
});

for (const [what, method, path, act] of [
  ['create', 'POST', jobs, (client: ClusterClient) => client.create(job)],
  ['apply', 'PATCH', `${jobs}/j`, (client: ClusterClient) => client.apply(job)],
  ['replace', 'PUT', `${jobs}/j`, (client: ClusterClient) => client.replace(job)],
] as const) {
  test(`${what}: a 404 that is not the API server's own word passes, and its own does not`, async (t) => {
    const { scripted, client } = await connected(t);
    const page: Answer = (response) => response.writeHead(404, { 'content-type': 'text/plain' }).end('default backend - 404');
    scripted.on(by(method, path), page, status(404, 'NotFound', 'namespaces "n" not found'));
    t.like(await t.throwsAsync(act(client), { instanceOf: ClusterError, message: /default backend/ }), { retry: true });
    t.like(await t.throwsAsync(act(client), { instanceOf: ClusterError }), { reason: 'NotFound', retry: false });
  });
}

test('a kind that was missing is looked for again', async (t) => {
  const { scripted, client } = await connected(t);
  const listed = (...kinds: object[]) => json({ kind: 'APIResourceList', resources: kinds });
  scripted.on(by('GET', '/apis/batch/v1'), listed(), listed({ name: 'jobs', kind: 'Job', namespaced: true }));
  scripted.on(by('POST', jobs), json({ ...job, metadata: { ...job.metadata, uid: 'k1' } }, 201));
  await t.throwsAsync(client.create(job), { message: /has no kind Job/ });
  t.is(await client.create(job), 'created');
});

test('apply is a forced server-side apply in the name of coxswain, and never for a Secret', async (t) => {
  const { scripted, client } = await connected(t);
  scripted.on(by('PATCH', '/api/v1/namespaces/n'), json({ kind: 'Namespace', metadata: { name: 'n', uid: 'n1' } }));
  await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
  const { query, headers } = scripted.received.at(-1) ?? {};
  t.is(headers?.['content-type'], 'application/apply-patch+yaml');
  t.deepEqual(Object.fromEntries(query ?? []), { fieldManager: 'coxswain', force: 'true', fieldValidation: 'Strict' });
  await t.throwsAsync(client.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'n' } }), {
    message: /must be created, not applied/,
  });
});

test('a Job is deleted with its pods, and one that is absent is fine', async (t) => {
  const { scripted, client } = await connected(t);
  scripted.on(by('DELETE', `${jobs}/j`), json({ kind: 'Status' }), status(404, 'NotFound', 'gone'));
  await client.deleteJob('n', 'j');
  t.is(JSON.parse(scripted.received.at(-1)?.body ?? '').propagationPolicy, 'Background');
  await t.notThrowsAsync(client.deleteJob('n', 'j'));
});

test('a namespace is deleted only where it is of that run, and only that very one', async (t) => {
  const { scripted, client } = await connected(t);
  const path = '/api/v1/namespaces/n';
  scripted.on(
    by('GET', path),
    ownedNamespace('u1'),
    ownedNamespace('u2'),
    ownedNamespace('u1', { deletionTimestamp: '2026-11-24T12:00:00Z' }),
    status(404, 'NotFound', 'gone'),
  );
  scripted.on(by('DELETE', path), json({ kind: 'Status' }));
  const deletions = () => scripted.received.filter(({ method }) => method === 'DELETE');
  await client.deleteNamespace('n', 'u1');
  t.deepEqual(JSON.parse(deletions()[0]?.body ?? '').preconditions, { uid: 'k1' });
  await t.throwsAsync(client.deleteNamespace('n', 'u1'), { instanceOf: ClusterError, message: /belongs to u2, not to run u1/ });
  await client.deleteNamespace('n', 'u1');
  await client.deleteNamespace('n', 'u1');
  t.is(deletions().length, 1, 'ending or absent: nothing to delete');
});

test('a Job that is not there is undefined; any other refusal is an error', async (t) => {
  const { scripted, client } = await connected(t);
  scripted.on(by('GET', `${jobs}/j`), status(404, 'NotFound', 'gone'), status(403, 'Forbidden', 'no'));
  t.is(await client.job('n', 'j'), undefined);
  await t.throwsAsync(client.job('n', 'j'), { instanceOf: ClusterError, message: 'Kubernetes refused to read Job n/j: no' });
});
