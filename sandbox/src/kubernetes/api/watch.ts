/** Watches: the events after a resourceVersion, then every further one, through the selectors; bookmarks, time limit, 410. */
import type { ServerResponse } from 'node:http';
import type { Cluster } from '../cluster.ts';
import { expired, type Status } from '../model/errors.ts';
import type { KubeObject } from '../model/objects.ts';
import { apiVersionOf, type Resource } from '../model/resources.ts';
import type { Matches } from '../model/selectors.ts';
import type { StoreEvent } from '../model/store.ts';
import { versionOf } from './read.ts';
import { isTrue } from './request.ts';

export interface WatchScope {
  resource: Resource;
  namespace: string | undefined;
  matches: Matches;
  query: URLSearchParams;
}

interface Out {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: object;
}

/** How one change of the store looks through a selection: what begins to match is new, what stops to match is gone. */
function seenAs(event: StoreEvent, { resource, namespace, matches }: WatchScope): Out | undefined {
  if (event.resource !== resource) return undefined;
  if (namespace !== undefined && event.object.metadata.namespace !== namespace) return undefined;
  const before = event.previous !== undefined && matches(event.previous);
  const after = event.type !== 'DELETED' && matches(event.object);
  if (!before && !after) return undefined;
  if (before && after) return { type: 'MODIFIED', object: event.object };
  return after ? { type: 'ADDED', object: event.object } : { type: 'DELETED', object: lastSeen(event) };
}

// What is gone from a selection is shown as it was when it last matched, at the revision of its going.
const lastSeen = ({ object, previous = object }: StoreEvent): KubeObject => ({
  ...previous,
  metadata: { ...previous.metadata, resourceVersion: object.metadata.resourceVersion },
});

/** Answers a watch request until it is closed by either side; gives back what closes it. */
export function watch(cluster: Cluster, scope: WatchScope, response: ServerResponse): () => void {
  const { store, settings } = cluster;
  const { query } = scope;
  const send = (out: Out): unknown => response.write(`${JSON.stringify(out)}\n`);
  const bookmark = (): void => {
    if (isTrue(query.get('allowWatchBookmarks'))) send({ type: 'BOOKMARK', object: emptyAt(scope.resource, store.revision) });
  };
  const seconds = Number(query.get('timeoutSeconds')) || 1800 + Math.random() * 1800;
  const first = firstEvents(cluster, scope);
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  for (const out of first) send(out);
  if (first.at(-1)?.type === 'ERROR') {
    response.end();
    return () => undefined;
  }
  const forget = store.onChange((event) => {
    const out = seenAs(event, scope);
    if (out) send(out);
  });
  const bookmarks = setInterval(bookmark, settings.timing.bookmark);
  const close = (): void => {
    forget();
    clearInterval(bookmarks);
    clearTimeout(limit);
    response.end();
  };
  const limit = setTimeout(() => {
    bookmark();
    close();
  }, seconds * 1000);
  response.once('close', close);
  return close;
}

function firstEvents({ store }: Cluster, scope: WatchScope): Out[] {
  const asked = scope.query.get('resourceVersion') ?? '';
  if (asked === '' || asked === '0') {
    const present = store.list(scope.resource, scope.namespace).filter(scope.matches);
    return present.map((object) => ({ type: 'ADDED', object }));
  }
  const events = store.since(versionOf(asked));
  if (!events) return [{ type: 'ERROR', object: tooOld(asked, store.oldest) }];
  return events.map((event) => seenAs(event, scope)).filter((out) => out !== undefined);
}

const tooOld = (asked: string, oldest: number): Status => expired(`too old resource version: ${asked} (${oldest})`).status;

const emptyAt = (resource: Resource, revision: number): object => ({
  kind: resource.kind,
  apiVersion: apiVersionOf(resource),
  metadata: { resourceVersion: String(revision) },
});
