import { lines } from '../../../src/clients/cluster/logs/lines.ts';
import { configMap, pathOf } from './shapes.ts';
import type { Chapter, Place, Raw, World } from './world.ts';

interface WatchEvent {
  readonly type: string;
  readonly object: Raw & { readonly code?: number; readonly reason?: string };
}

/** Lists and watches as plain requests: what the reflector builds upon. */
export const watch: Chapter = (test, world) => {
  test('a watch from the version of a list tells what came later, in order', async (t) => {
    const { client } = world();
    const place = await world().place(t);
    await client.create(configMap(place, 'before'));
    const list = await world().get(pathOf(place, 'v1', 'configmaps'), { labelSelector: own(place) });
    t.deepEqual(
      (list.items as Raw[]).map(({ metadata }) => metadata.name),
      ['before'],
    );
    const told = watching(world(), place, { resourceVersion: list.metadata.resourceVersion });
    await client.create(configMap(place, 'after'));
    await change(world(), place, 'before', { data: { a: '2' } });
    await remove(world(), place, 'after');
    const events = await take(told, 3);
    t.deepEqual(
      events.map(({ type, object }) => `${type} ${object.metadata.name}`),
      ['ADDED after', 'MODIFIED before', 'DELETED after'],
    );
    const versions = events.map(({ object }) => Number(object.metadata.resourceVersion));
    t.deepEqual(
      versions,
      [...versions].sort((a, b) => a - b),
    );
    t.true((versions[0] ?? 0) > Number(list.metadata.resourceVersion));
  });

  test('a watch without a version begins with what is there', async (t) => {
    const { client } = world();
    const place = await world().place(t);
    await client.create(configMap(place, 'before'));
    const [event] = await take(watching(world(), place, {}), 1);
    t.like(event, { type: 'ADDED', object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'before' } } });
  });

  test('an object that comes to match a selector is added, one that ceases to is deleted', async (t) => {
    const { client } = world();
    const place = await world().place(t);
    const { metadata } = await world().get(pathOf(place, 'v1', 'configmaps'));
    const told = watching(world(), place, { resourceVersion: metadata.resourceVersion, labelSelector: 'side=left' });
    await client.create(configMap(place, 'c', { side: 'right' }));
    await change(world(), place, 'c', { metadata: { labels: { side: 'left' } } });
    await change(world(), place, 'c', { data: { a: '2' } });
    await change(world(), place, 'c', { metadata: { labels: { side: 'right' } } });
    t.deepEqual(
      (await take(told, 3)).map(({ type }) => type),
      ['ADDED', 'MODIFIED', 'DELETED'],
    );
  });

  test('a quiet watch gets a bookmark before its time is over, and then ends', async (t) => {
    const place = await world().place(t);
    const { metadata } = await world().get(pathOf(place, 'v1', 'configmaps'));
    const query = { resourceVersion: metadata.resourceVersion, allowWatchBookmarks: 'true', timeoutSeconds: '6' };
    const start = Date.now();
    const events = await take(watching(world(), place, query), Number.POSITIVE_INFINITY);
    const seconds = (Date.now() - start) / 1000;
    t.true(seconds > 5 && seconds < 8, `ended after ${seconds} s`);
    t.true(events.length > 0 && events.every(({ type }) => type === 'BOOKMARK'));
    t.true(Number(events.at(-1)?.object.metadata.resourceVersion) >= Number(metadata.resourceVersion));
  });

  test('a version that is too old is told as Expired', async (t) => {
    const place = await world().place(t);
    const [event] = await take(watching(world(), place, { resourceVersion: '1' }), 1);
    t.is(event?.type, 'ERROR');
    t.like(event?.object, { kind: 'Status', code: 410, reason: 'Expired' });
  });
};

const own = ({ runUid }: Place) => `coxswain/run-uid=${runUid}`;

/** Opens the watch at once; its events are read later. */
function watching({ api }: World, place: Place, query: Readonly<Record<string, string>>): Promise<AsyncIterable<Uint8Array>> {
  return api.open(
    { doing: 'watch', path: pathOf(place, 'v1', 'configmaps'), query: { watch: 'true', labelSelector: own(place), ...query } },
    20_000,
  );
}

async function take(opened: Promise<AsyncIterable<Uint8Array>>, count: number): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const line of lines(await opened)) {
    events.push(JSON.parse(line) as WatchEvent);
    if (events.length === count) break;
  }
  return events;
}

async function change({ api }: World, place: Place, name: string, body: object): Promise<void> {
  const contentType = 'application/merge-patch+json';
  await api.json({ doing: 'patch', method: 'PATCH', path: pathOf(place, 'v1', 'configmaps', name), contentType, body });
}

async function remove({ api }: World, place: Place, name: string): Promise<void> {
  await api.json({ doing: 'delete', method: 'DELETE', path: pathOf(place, 'v1', 'configmaps', name) });
}
