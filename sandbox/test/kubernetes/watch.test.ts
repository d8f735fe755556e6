import test from 'ava';
import { ended, job, jobsPath, shell, type Watched, type World, world } from './_world.ts';

const maps = '/api/v1/namespaces/ci/configmaps';

const short = ({ type, object }: Watched): string => `${type} ${object.metadata.name ?? ''}`.trim();

async function take(events: AsyncGenerator<Watched>, count: number): Promise<Watched[]> {
  const taken: Watched[] = [];
  for await (const event of events) if (taken.push(event) === count) break;
  return taken;
}

const make = ({ send }: World, name: string, labels: object = {}): Promise<unknown> => send('POST', maps, { metadata: { name, labels } });
const label = ({ send }: World, name: string, labels: object): Promise<unknown> =>
  send('PATCH', `${maps}/${name}`, { metadata: { labels } }, 'application/merge-patch+json');

const version = async ({ get }: World): Promise<string> => (await get(maps)).body.metadata.resourceVersion;

test('a watch from a resourceVersion gives everything that came after it, in order', async (t) => {
  const here = await world(t);
  await make(here, 'before');
  const from = await version(here);
  await make(here, 'one');
  await label(here, 'one', { a: '1' });
  await here.send('DELETE', `${maps}/one`);
  const events = await take(here.watch(`${maps}?resourceVersion=${from}`), 3);
  t.deepEqual(events.map(short), ['ADDED one', 'MODIFIED one', 'DELETED one']);
  const versions = events.map(({ object }) => Number(object.metadata.resourceVersion));
  t.deepEqual(
    versions,
    [...new Set(versions)].sort((a, b) => a - b),
  );
  t.like(events[0]?.object, { apiVersion: 'v1', kind: 'ConfigMap' });
});

test('through a selector, what begins to match is added and what stops to match is deleted', async (t) => {
  const here = await world(t);
  const from = await version(here);
  await make(here, 'one');
  await label(here, 'one', { run: '1' });
  await label(here, 'one', { stage: 'image' });
  await label(here, 'one', { run: null });
  await make(here, 'last', { run: '2' });
  const events = await take(here.watch(`${maps}?labelSelector=run&resourceVersion=${from}`), 4);
  t.deepEqual(events.map(short), ['ADDED one', 'MODIFIED one', 'DELETED one', 'ADDED last']);
});

test('a watch without a resourceVersion begins with what is there', async (t) => {
  const here = await world(t);
  await make(here, 'one', { run: '1' });
  t.deepEqual((await take(here.watch(`${maps}?labelSelector=run`), 1)).map(short), ['ADDED one']);
});

test('a watch ends after timeoutSeconds, and bookmarks move its resourceVersion on', async (t) => {
  const here = await world(t);
  const from = await version(here);
  await here.send('POST', '/api/v1/namespaces/ci/secrets', { metadata: { name: 'elsewhere' } });
  const seen: Watched[] = [];
  for await (const event of here.watch(`${maps}?allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion=${from}`)) seen.push(event);
  t.true(seen.length > 1);
  t.true(seen.every(({ type }) => type === 'BOOKMARK'));
  t.true(Number(seen[0]?.object.metadata.resourceVersion) > Number(from));
  t.is(seen[0]?.object.kind, 'ConfigMap');
});

test('a resourceVersion from before the history is 410 Expired in the stream', async (t) => {
  const here = await world(t);
  const from = await version(here);
  here.cluster.expireHistory();
  const seen: Watched[] = [];
  for await (const event of here.watch(`${maps}?resourceVersion=${from}`)) seen.push(event);
  t.is(seen.length, 1);
  t.like(seen[0], { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } });
  t.regex(seen[0]?.object.message, /^too old resource version: \d+ \(\d+\)$/);
  const fresh = await version(here);
  await make(here, 'after');
  t.deepEqual((await take(here.watch(`${maps}?resourceVersion=${fresh}`), 1)).map(short), ['ADDED after']);
});

test('a broken watch ends cleanly, or with its connection', async (t) => {
  const here = await world(t);
  const wait = async (abruptly: boolean): Promise<string> => {
    const events = here.watch(`${maps}?allowWatchBookmarks=true`);
    await events.next();
    await events.next();
    here.cluster.breakWatches(abruptly);
    try {
      for await (const event of events) short(event);
      return 'ended';
    } catch {
      return 'cut';
    }
  };
  await make(here, 'one');
  t.is(await wait(false), 'ended');
  t.is(await wait(true), 'cut');
});

test('a restart of the API server keeps the port, the objects and the running pods', async (t) => {
  const here = await world(t);
  await here.send('POST', jobsPath, job('long', [shell('sleep 0.5; echo done')]));
  const from = await version(here);
  await here.cluster.restart(100);
  await make(here, 'after');
  t.deepEqual((await take(here.watch(`${maps}?resourceVersion=${from}`), 1)).map(short), ['ADDED after']);
  const done = await here.until(`${jobsPath}/long`, ended);
  t.is(done.status.succeeded, 1);
});

test('the page is told of changes and sees namespaces, Jobs, pods and claims', async (t) => {
  const here = await world(t);
  const told = new Promise<void>((resolve) => {
    const forget = here.cluster.onChange(() => {
      forget();
      resolve();
    });
  });
  await here.send('POST', '/api/v1/namespaces/ci/persistentvolumeclaims', {
    metadata: { name: 'work' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
  await told;
  await here.send('POST', jobsPath, job('bad', [shell('exit 3')]));
  await here.until(`${jobsPath}/bad`, ended);
  const [ci] = here.cluster.snapshot().namespaces;
  t.like(ci, { name: 'ci', phase: 'Active', claims: [{ name: 'work', phase: 'Bound', size: '1Gi' }] });
  t.like(ci?.jobs[0], { name: 'bad', state: 'failed', reason: 'BackoffLimitExceeded' });
  t.like(ci?.pods[0], { job: 'bad', phase: 'Failed', reason: 'Error', containers: [{ name: 'main', state: 'terminated', exitCode: 3 }] });
});
