import { ClusterError, type KubernetesObject } from '../../../src/core/cluster.ts';
import { configMap, pathOf } from './shapes.ts';
import type { Chapter, Place } from './world.ts';

/** Server-side apply, and the questions that doctor asks. */
export const apply: Chapter = (test, world) => {
  test('apply makes what is not there and leaves alone what is as wanted', async (t) => {
    const { client } = world();
    const place = await world().place(t);
    await client.apply(service(place));
    const first = await world().get(pathOf(place, 'v1', 'services', 'cache'));
    t.like(first.spec, { type: 'ClusterIP', ports: [{ port: 6379, protocol: 'TCP' }] });
    await client.apply(service(place));
    t.is((await world().get(pathOf(place, 'v1', 'services', 'cache'))).metadata.resourceVersion, first.metadata.resourceVersion);
  });

  test('apply takes back what it no longer names and leaves what others have set', async (t) => {
    const { client, api } = world();
    const place = await world().place(t);
    const path = pathOf(place, 'v1', 'configmaps', 'c');
    await client.apply({ ...configMap(place, 'c'), data: { a: '1', b: '2' } });
    const contentType = 'application/merge-patch+json';
    await api.json({
      doing: 'patch',
      method: 'PATCH',
      path,
      query: { fieldManager: 'somebody' },
      contentType,
      body: { data: { theirs: '3' } },
    });
    await client.apply({ ...configMap(place, 'c'), data: { a: 'changed' } });
    t.deepEqual((await world().get(path)).data, { a: 'changed', theirs: '3' });
  });

  test('apply wins over another manager of the same field', async (t) => {
    const { client, api } = world();
    const place = await world().place(t);
    const path = pathOf(place, 'v1', 'configmaps', 'c');
    await client.apply(configMap(place, 'c'));
    const contentType = 'application/merge-patch+json';
    await api.json({
      doing: 'patch',
      method: 'PATCH',
      path,
      query: { fieldManager: 'somebody' },
      contentType,
      body: { data: { a: 'theirs' } },
    });
    await client.apply(configMap(place, 'c'));
    t.deepEqual((await world().get(path)).data, { a: '1' });
  });

  test('apply refuses a field that does not exist by name, and says that another try is of no use', async (t) => {
    const { client } = world();
    const place = await world().place(t);
    const typo = { ...service(place), spec: { prots: [{ port: 6379 }] } };
    const error = await t.throwsAsync(client.apply(typo), { instanceOf: ClusterError });
    t.is(error.retry, false);
    t.regex(error.message, /\.spec\.prots: field not declared in schema/);
  });

  test('a namespace may be applied again and again', async (t) => {
    const { client } = world();
    const place = await world().place(t);
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: place.namespace, labels: { tier: 'shared' } } };
    await client.apply(namespace);
    await client.apply(namespace);
    const { metadata } = await world().get(`/api/v1/namespaces/${place.namespace}`);
    t.like(metadata.labels, { ...place.labels, tier: 'shared', 'kubernetes.io/metadata.name': place.namespace });
  });

  test('one may ask what one may do', async (t) => {
    const { client } = world();
    const { allowed, reason } = await client.allowed('create', 'batch', 'jobs');
    t.true(allowed);
    t.is(typeof reason, 'string');
    t.true((await client.allowed('get', '', 'pods', 'default', 'log')).allowed);
  });

  test('version and storage classes are told', async (t) => {
    const { client } = world();
    t.regex(await client.version(), /^v1\.\d+\.\d+/);
    t.true((await client.storageClasses()).some((one) => one.default));
  });
};

function service({ namespace, labels }: Place): KubernetesObject {
  const spec = { selector: { app: 'cache' }, ports: [{ port: 6379 }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { namespace, name: 'cache', labels }, spec };
}
