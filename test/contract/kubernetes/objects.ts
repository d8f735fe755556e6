import { ClusterError } from '../../../src/core/cluster.ts';
import { configMap, jobOf, pathOf, shell } from './shapes.ts';
import type { Chapter } from './world.ts';

/** How objects are made and refused. */
export const objects: Chapter = (test, world) => {
  test('what exists is ours where the run uid is ours, and refused where it is not', async (t) => {
    const { client } = world();
    const place = await world().place(t);
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: place.namespace, name: 'login', labels: place.labels } };
    t.is(await client.create({ ...secret, stringData: { token: 'y' } }), 'created');
    t.is(await client.create({ ...secret, stringData: { token: 'other' } }), 'exists');
    const stored = await world().get(pathOf(place, 'v1', 'secrets', 'login'));
    t.deepEqual(stored.data, { token: Buffer.from('y').toString('base64') });
    const foreign = { ...secret, metadata: { ...secret.metadata, labels: world().labels('other') } };
    t.like(await t.throwsAsync(client.create(foreign), { instanceOf: ClusterError }), { code: 409, reason: 'AlreadyExists', retry: false });
  });

  test('a Secret that is there gets its values anew', async (t) => {
    const { client } = world();
    const place = await world().place(t);
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: place.namespace, name: 'login', labels: place.labels } };
    await client.create({ ...secret, stringData: { token: 'old', more: 'old' } });
    await client.replace({ ...secret, stringData: { token: 'new' } });
    const stored = await world().get(pathOf(place, 'v1', 'secrets', 'login'));
    t.deepEqual(stored.data, { token: Buffer.from('new').toString('base64') });
  });

  test('a ConfigMap is replaced whole', async (t) => {
    const { client } = world();
    const place = await world().place(t);
    await client.create(configMap(place, 'c'));
    await client.replace({ ...configMap(place, 'c'), data: { b: '2' } });
    t.deepEqual((await world().get(pathOf(place, 'v1', 'configmaps', 'c'))).data, { b: '2' });
  });

  test('a plain create of what exists is AlreadyExists', async (t) => {
    const { api } = world();
    const place = await world().place(t);
    const again = () => api.json({ doing: 'create', method: 'POST', path: pathOf(place, 'v1', 'configmaps'), body: configMap(place, 'c') });
    t.like(await again(), { metadata: { name: 'c', namespace: place.namespace }, data: { a: '1' } });
    const error = await t.throwsAsync(again(), { instanceOf: ClusterError });
    t.like(error, { code: 409, reason: 'AlreadyExists', message: 'Kubernetes refused to create: configmaps "c" already exists' });
  });

  test('names that are too long, of a namespace or a Job, are Invalid', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const name = `x${'y'.repeat(63)}`;
    const refused = async (creation: Promise<unknown>) => {
      const error = await t.throwsAsync(creation, { instanceOf: ClusterError });
      t.like(error, { code: 422, reason: 'Invalid', retry: false });
      return error.message;
    };
    t.regex(await refused(client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })), /metadata\.name.*no more than 63/);
    t.regex(await refused(client.create(jobOf(place, name, { containers: [shell(images.shell, 'true')] }))), /must be no more than 63/);
    t.regex(await refused(client.create(configMap(place, 'Upper'))), /metadata\.name: Invalid value: "Upper"/);
  });

  test('a field that does not exist is refused by name', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const job = jobOf(place, 'typo', { containers: [shell(images.shell, 'true', { comand: ['x'] })] });
    const error = await t.throwsAsync(client.create(job), { instanceOf: ClusterError });
    t.like(error, { code: 400, reason: 'BadRequest', retry: false });
    t.regex(error.message, /unknown field "spec\.template\.spec\.containers\[0\]\.comand"/);
  });

  test('a Job without a restart policy, and one with an unknown kind of it, is Invalid', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    for (const restartPolicy of [undefined, 'Sometimes', 'Always']) {
      const job = jobOf(place, 'policy', { restartPolicy, containers: [shell(images.shell, 'true')] });
      const error = await t.throwsAsync(client.create(job), { instanceOf: ClusterError });
      t.like(error, { code: 422, reason: 'Invalid' });
      t.regex(error.message, /spec\.template\.spec\.restartPolicy/);
    }
  });

  test('what is not there is NotFound', async (t) => {
    const { client, api } = world();
    const place = await world().place(t);
    t.is(await client.job(place.namespace, 'absent'), undefined);
    const error = await t.throwsAsync(api.json({ doing: 'read', path: pathOf(place, 'batch/v1', 'jobs', 'absent') }), {
      instanceOf: ClusterError,
    });
    t.like(error, { code: 404, reason: 'NotFound', message: 'Kubernetes refused to read: jobs.batch "absent" not found' });
    const lost = { namespace: `${place.namespace}-lost`, labels: {}, runUid: '' };
    t.like(await t.throwsAsync(client.create(configMap(lost, 'c')), { instanceOf: ClusterError }), { code: 404, reason: 'NotFound' });
  });

  test('a namespace on its way out takes nothing in, empties itself and is gone', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const stubborn = { terminationGracePeriodSeconds: 3, containers: [shell(images.shell, "trap '' TERM; while :; do sleep 1; done")] };
    await client.create(jobOf(place, 'stubborn', stubborn));
    const pod = await world().pod(place, ({ phase }) => phase === 'Running');
    await client.deleteNamespace(place.namespace, place.runUid);
    await client.deleteNamespace(place.namespace, place.runUid);
    const listed = async () => (await client.namespaces()).find(({ name }) => name === place.namespace);
    t.deepEqual(await listed(), { name: place.namespace, runId: `run-${place.runUid}`, runUid: place.runUid, phase: 'Terminating' });
    const error = await t.throwsAsync(client.create(configMap(place, 'late')), { instanceOf: ClusterError });
    t.like(error, { code: 403, reason: 'Forbidden', retry: false });
    t.regex(error.message, /is forbidden: unable to create new content in namespace .* because it is being terminated$/);
    await world().until('the pod is gone', () => world().pods.find(({ view, gone }) => gone && view.uid === pod.uid));
    await world().until('the namespace is gone', async () => ((await listed()) === undefined ? true : undefined));
    t.true(world().jobs.some(({ view, gone }) => gone && view.namespace === place.namespace));
  });

  test('a namespace is not deleted for another uid', async (t) => {
    const { api, client } = world();
    const place = await world().place(t);
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: '00000000-0000-0000-0000-000000000000' } };
    const deletion = api.json({ doing: 'delete', method: 'DELETE', path: `/api/v1/namespaces/${place.namespace}`, body });
    t.like(await t.throwsAsync(deletion, { instanceOf: ClusterError }), { code: 409, reason: 'Conflict' });
    await t.throwsAsync(client.deleteNamespace(place.namespace, 'other'), { instanceOf: ClusterError, message: /belongs to/ });
    t.is((await client.namespaces()).find(({ name }) => name === place.namespace)?.phase, 'Active');
  });
};
