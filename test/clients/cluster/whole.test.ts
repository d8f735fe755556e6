import test from 'ava';
import { ClusterError } from '../../../src/core/cluster.ts';
import { connected } from './connected.ts';
import { type Answer, json } from './scripted-api.ts';
import { followedPods, pod, podList } from './watch/followed-pods.ts';

const at = (path: string) => (request: { readonly path: string }) => request.path === path;
const meta = { name: 'one', uid: 'u' };
const list = (over: object) => json({ kind: 'NamespaceList', metadata: { resourceVersion: '1' }, items: [], ...over });
const page: Answer = (response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>');

for (const [what, answer] of Object.entries<Answer>({
  'an empty object': json({}),
  null: json(null),
  'an object instead of a list': json({ kind: 'Namespace', metadata: meta }),
  'no items': list({ items: undefined }),
  'items that are no list': list({ items: {} }),
  'an item that is null': list({ items: [null] }),
  'an item without metadata': list({ items: [{}] }),
  'an item without a uid': list({ items: [{ metadata: { name: 'one' } }] }),
  'labels of another shape': list({ items: [{ metadata: { ...meta, labels: { a: 1 } } }] }),
  'no version': list({ metadata: {} }),
  nothing: (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(),
  'half of it': (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"kind":"NamespaceList","items":['),
})) {
  test(`a list of the API server with ${what} is half an answer, which is asked for again`, async (t) => {
    const { scripted, client } = await connected(t);
    scripted.on(at('/api/v1/namespaces'), answer);
    const error = await t.throwsAsync(client.namespaces(), {
      instanceOf: ClusterError,
      message: /sent half an answer about the request to list namespaces/,
    });
    t.true(error.retry);
  });
}

test('a list is whole where it is empty, or its items are null', async (t) => {
  const { scripted, client } = await connected(t);
  scripted.on(at('/api/v1/namespaces'), list({}), list({ items: null }));
  t.deepEqual([await client.namespaces(), await client.namespaces()], [[], []]);
});

test('a Job of another shape is half an answer, and never one that has ended or is gone', async (t) => {
  const { scripted, client } = await connected(t);
  const job = (over: object) => json({ metadata: meta, ...over });
  const path = '/apis/batch/v1/namespaces/n/jobs/j';
  scripted.on(
    at(path),
    json({}),
    job({ status: { conditions: [null] } }),
    job({ status: { succeeded: '1' } }),
    job({ status: 'Complete' }),
  );
  for (let times = 0; times < 4; times += 1)
    await t.throwsAsync(client.job('n', 'j'), { instanceOf: ClusterError, message: /half an answer/ });
});

test('a 404 that does not come from the API server does not say that anything is gone', async (t) => {
  const { scripted, client } = await connected(t);
  scripted.on(() => true, page);
  for (const asked of [() => client.job('n', 'j'), () => client.deleteNamespace('n', 'u'), () => client.deleteJob('n', 'j')]) {
    const error = await t.throwsAsync(asked, { instanceOf: ClusterError });
    t.like(error, { code: 404, reason: 'NoStatus', retry: true });
  }
});

test('a list that is not whole reports no object as gone, and is asked for again', async (t) => {
  const { scripted, watches, pods, lists, reflector, heard } = await followedPods(t, { relist: 0, window: 1_000 });
  scripted.on(({ query }) => !query.has('watch'), podList(1, pod('a', 1)), json({}), podList(2));
  reflector.start();
  await scripted.until(() => watches.length === 1);
  watches[0]?.end();
  await scripted.until(() => lists().length === 3);
  await scripted.until(() => pods().length === 2);
  t.deepEqual(pods(), ['a@1', '-a@1']);
  t.true(heard.some((text) => /^down: .*half an answer/.test(text)));
});
