import test from 'ava';
import { job, jobsPath, pod, podsPath, shell, world } from './_world.ts';

const secretsPath = '/api/v1/namespaces/ci/secrets';
const secret = (name: string, more: object = {}): object => ({ metadata: { name, ...more }, stringData: { token: 'hush' } });

test('a new object gets uid, resourceVersion, creationTimestamp and its kind; the same name again is 409 AlreadyExists', async (t) => {
  const { send } = await world(t);
  const { code, body } = await send('POST', secretsPath, secret('one'));
  t.is(code, 201);
  t.like(body, {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    data: { token: 'aHVzaA==' },
    metadata: { name: 'one', namespace: 'ci' },
  });
  t.regex(body.metadata.uid, /^[0-9a-f-]{36}$/);
  t.regex(body.metadata.resourceVersion, /^\d+$/);
  t.regex(body.metadata.creationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const again = await send('POST', secretsPath, secret('one'));
  t.like(again, {
    code: 409,
    body: { kind: 'Status', status: 'Failure', reason: 'AlreadyExists', details: { name: 'one', kind: 'secrets' } },
  });
  t.is(again.body.message, 'secrets "one" already exists');
});

test('what is not there is 404 with the name of its resource, and so is a namespace that does not exist', async (t) => {
  const { get, send } = await world(t);
  t.like(await get(`${jobsPath}/none`), {
    code: 404,
    body: { reason: 'NotFound', message: 'jobs.batch "none" not found', details: { name: 'none', group: 'batch', kind: 'jobs' } },
  });
  const elsewhere = await send('POST', '/api/v1/namespaces/nowhere/secrets', secret('one'));
  t.like(elsewhere, { code: 404, body: { message: 'namespaces "nowhere" not found', details: { kind: 'namespaces', name: 'nowhere' } } });
  t.like(await get('/apis/batch/v2/jobs'), { code: 404, body: { message: 'the server could not find the requested resource' } });
});

test('a name that is too long or no DNS name is 422 with its field', async (t) => {
  const { send } = await world(t);
  const long = await send('POST', '/api/v1/namespaces', { metadata: { name: 'n'.repeat(64) } });
  t.like(long, { code: 422, body: { reason: 'Invalid', details: { kind: 'Namespace' } } });
  t.regex(
    long.body.message,
    /^Namespace "n{64}" is invalid: \[metadata.name: Invalid value: "n{64}": must be no more than 63 characters, /,
  );
  t.is(long.body.details.causes[0].field, 'metadata.name');
  const wrong = await send('POST', secretsPath, secret('Not_A_Name'));
  t.regex(wrong.body.message, /^Secret "Not_A_Name" is invalid: metadata.name: Invalid value: "Not_A_Name": a lowercase RFC 1123/);
  const longJob = await send('POST', jobsPath, job('j'.repeat(64), [shell('true')]));
  t.like(longJob, { code: 422, body: { details: { group: 'batch', kind: 'Job', causes: [{ field: 'spec.template.labels' }] } } });
});

test('a Job without a template is 422, and names what it lacks', async (t) => {
  const { send } = await world(t);
  const { code, body } = await send('POST', jobsPath, { metadata: { name: 'bare' }, spec: {} });
  t.is(code, 422);
  t.deepEqual(
    body.details.causes.map(({ field }: { field: string }) => field),
    ['spec.template.spec.containers', 'spec.template.spec.restartPolicy'],
  );
});

test('a mount of a volume that the pod does not have is 422', async (t) => {
  const { send } = await world(t);
  const { code, body } = await send('POST', podsPath, pod('one', [shell('true', { volumeMounts: [{ name: 'w', mountPath: '/w' }] })]));
  t.is(code, 422);
  t.is(body.message, 'Pod "one" is invalid: spec.containers[0].volumeMounts[0].name: Not found: "w"');
});

test('lists are by namespace or over all, through label and field selectors', async (t) => {
  const { send, get } = await world(t);
  await send('POST', '/api/v1/namespaces', { metadata: { name: 'other', labels: { team: 'a' } } });
  await send('POST', secretsPath, secret('one', { labels: { run: '1', stage: 'image' } }));
  await send('POST', secretsPath, secret('two', { labels: { run: '2' } }));
  await send('POST', '/api/v1/namespaces/other/secrets', secret('three', { labels: { run: '1' } }));
  const names = async (path: string): Promise<string> =>
    (await get(path)).body.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name).join(' ');
  const selected = (selector: string): Promise<string> => names(`/api/v1/secrets?labelSelector=${encodeURIComponent(selector)}`);
  t.is(await names(secretsPath), 'one two');
  t.is(await names('/api/v1/secrets'), 'one two three');
  t.is(await selected('run=1'), 'one three');
  t.is(await selected('run!=1'), 'two');
  t.is(await selected('run in (1,2),stage'), 'one');
  t.is(await selected('run in (1,2),!stage'), 'two three');
  t.is(await selected('stage notin (image)'), 'two three');
  t.is(await names('/api/v1/secrets?fieldSelector=metadata.name%3Dtwo,metadata.namespace%3Dci'), 'two');
  t.is(await names('/api/v1/namespaces?labelSelector=team'), 'other');
  t.like(await get('/api/v1/secrets?fieldSelector=spec.colour%3Dred'), {
    code: 400,
    body: { message: 'field label not supported: spec.colour' },
  });
  t.is((await get('/api/v1/secrets?labelSelector=%3D%3D')).code, 400);
});

test('a PUT with an old resourceVersion is 409 Conflict; the status is kept by its own path', async (t) => {
  const { send } = await world(t);
  const path = '/api/v1/namespaces/ci/configmaps';
  const { body: first } = await send('POST', path, { metadata: { name: 'one' }, data: { a: '1' } });
  const { body: second } = await send('PUT', `${path}/one`, { ...first, data: { a: '2' } });
  t.is(second.data.a, '2');
  t.true(Number(second.metadata.resourceVersion) > Number(first.metadata.resourceVersion));
  const stale = await send('PUT', `${path}/one`, { ...first, data: { a: '3' } });
  t.like(stale, { code: 409, body: { reason: 'Conflict', details: { name: 'one', kind: 'configmaps' } } });
  t.regex(stale.body.message, /the object has been modified; please apply your changes to the latest version and try again$/);
});

test('a merge patch changes what it names, null removes; the template of a Job is immutable', async (t) => {
  const { send } = await world(t);
  const made = { metadata: { name: 'one', labels: { a: '1', b: '2' } }, data: { x: '1' } };
  await send('POST', '/api/v1/namespaces/ci/configmaps', made);
  const change = { metadata: { labels: { b: null, c: '3' } } };
  const { body } = await send('PATCH', '/api/v1/namespaces/ci/configmaps/one', change, 'application/merge-patch+json');
  t.deepEqual([body.metadata.labels, body.data], [{ a: '1', c: '3' }, { x: '1' }]);
  const json = [{ op: 'add', path: '/metadata/labels/d', value: '4' }];
  const patched = await send('PATCH', '/api/v1/namespaces/ci/configmaps/one', json, 'application/json-patch+json');
  t.is(patched.body.metadata.labels.d, '4');
  await send('POST', jobsPath, job('one', [shell('sleep 60')], { suspend: true }));
  const template = { spec: { template: { spec: { hostNetwork: true } } } };
  const refused = await send('PATCH', `${jobsPath}/one`, template, 'application/merge-patch+json');
  t.like(refused, { code: 422, body: { details: { causes: [{ field: 'spec.template' }] } } });
  t.is((await send('PATCH', `${jobsPath}/one`, {}, 'text/plain')).code, 415);
});

test('apply makes what is missing (201), merges what another manager wants (200), and wants a field manager', async (t) => {
  const { send } = await world(t);
  const path = '/api/v1/namespaces/applied';
  const yaml = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: applied\n  labels: {by: us}\n';
  const type = 'application/apply-patch+yaml';
  t.is((await send('PATCH', path, yaml, type)).code, 422);
  t.like(await send('PATCH', `${path}?fieldManager=us`, yaml, type), { code: 201, body: { metadata: { labels: { by: 'us' } } } });
  const more = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'applied', labels: { and: 'more' } } };
  const again = await send('PATCH', `${path}?fieldManager=them&force=true`, more, type);
  t.like(again, { code: 200, body: { metadata: { labels: { by: 'us', and: 'more' } } } });
});

test('a delete with another uid is 409; a collection is deleted by selector', async (t) => {
  const { send, get } = await world(t);
  for (const name of ['one', 'two']) await send('POST', secretsPath, secret(name, { labels: { name } }));
  const wrong = await send('DELETE', `${secretsPath}/one`, { preconditions: { uid: 'another' } });
  t.like(wrong, { code: 409, body: { reason: 'Conflict' } });
  await send('DELETE', `${secretsPath}?labelSelector=name%3Dtwo`);
  t.is((await get(secretsPath)).body.items.length, 1);
  t.like(await send('DELETE', `${secretsPath}/one`), { code: 200, body: { kind: 'Status', status: 'Success', details: { name: 'one' } } });
});

test('what the settings deny is 403, and the access review says so beforehand', async (t) => {
  const { send, get } = await world(t, { denied: [{ verb: 'create', group: 'batch', resource: 'jobs' }] });
  const review = (verb: string): Promise<{ body: { status: { allowed: boolean } } }> =>
    send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      spec: { resourceAttributes: { verb, group: 'batch', resource: 'jobs', namespace: 'ci' } },
    });
  t.false((await review('create')).body.status.allowed);
  t.true((await review('list')).body.status.allowed);
  const refused = await send('POST', jobsPath, job('one', [shell('true')]));
  t.like(refused, { code: 403, body: { reason: 'Forbidden', details: { group: 'batch', kind: 'jobs' } } });
  t.regex(
    refused.body.message,
    /^jobs.batch is forbidden: User ".+" cannot create resource "jobs" in API group "batch" in the namespace "ci"$/,
  );
  t.is((await get(jobsPath)).code, 200);
});

test('a dry run checks and stores nothing', async (t) => {
  const { send, get } = await world(t);
  t.is((await send('POST', `${secretsPath}?dryRun=All`, secret('one'))).code, 201);
  t.is((await send('POST', `${secretsPath}?dryRun=All`, secret('NO'))).code, 422);
  t.is((await get(`${secretsPath}/one`)).code, 404);
});

test('a namespace that is deleted takes nothing new, empties itself and goes', async (t) => {
  const { send, get, until, gone } = await world(t);
  await send('POST', secretsPath, secret('one'));
  await send(
    'POST',
    podsPath,
    pod('stubborn', [shell('trap "" TERM; echo up; while :; do sleep 0.1; done')], { terminationGracePeriodSeconds: 1 }),
  );
  await until(`${podsPath}/stubborn`, ({ status }) => status.phase === 'Running');
  const { code, body } = await send('DELETE', '/api/v1/namespaces/ci');
  t.like({ code, body }, { code: 200, body: { kind: 'Namespace', status: { phase: 'Terminating' } } });
  t.truthy(body.metadata.deletionTimestamp);
  const late = await send('POST', secretsPath, secret('late'));
  t.like(late, { code: 403, body: { reason: 'Forbidden', details: { kind: 'secrets', causes: [{ reason: 'NamespaceTerminating' }] } } });
  t.regex(late.body.message, /because it is being terminated$/);
  await gone('/api/v1/namespaces/ci');
  t.deepEqual((await get('/api/v1/pods')).body.items, []);
  t.is((await send('POST', '/api/v1/namespaces', { metadata: { name: 'ci' } })).code, 201);
});

test('discovery names every served kind with its verbs and whether it has a namespace', async (t) => {
  const { get, text } = await world(t);
  const find = async (path: string, name: string): Promise<unknown> =>
    (await get(path)).body.resources.find((one: { name: string }) => one.name === name);
  t.like(await find('/api/v1', 'pods'), { kind: 'Pod', namespaced: true });
  t.like(await find('/api/v1', 'namespaces'), { kind: 'Namespace', namespaced: false });
  t.like(await find('/apis/batch/v1', 'jobs'), { kind: 'Job', namespaced: true });
  t.like(await find('/apis/apps/v1', 'deployments'), { kind: 'Deployment' });
  t.like(await find('/apis/storage.k8s.io/v1', 'storageclasses'), { kind: 'StorageClass' });
  t.like(await find('/apis/authorization.k8s.io/v1', 'selfsubjectaccessreviews'), { verbs: ['create'] });
  for (const path of ['/readyz', '/healthz', '/livez']) t.is(await text(path), 'ok');
});
