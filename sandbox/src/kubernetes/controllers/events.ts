/** Events (core/v1). The scheduler's are written by the newer events API, so they carry `eventTime` and `series` instead of counts. */
import { randomBytes } from 'node:crypto';
import type { EventRecorder } from '../cluster.ts';
import type { KubeObject, Namespace, ObjectInput } from '../model/objects.ts';
import { events, namespaces } from '../model/resources.ts';
import type { Store } from '../model/store.ts';
import { microTime, now } from '../model/time.ts';

type News = Parameters<EventRecorder['record']>[1];

interface EventObject extends KubeObject {
  count?: number;
  lastTimestamp?: string | null;
  series?: { count: number; lastObservedTime: string };
}

export function eventRecorder(store: Store, host: string): EventRecorder {
  const known = new Map<string, KubeObject>();
  return {
    record(about, news) {
      const namespace = about.metadata.namespace ?? 'default';
      if (store.get<Namespace>(namespaces, undefined, namespace)?.status.phase !== 'Active') return;
      const key = [about.metadata.uid, news.type, news.reason, news.message, news.by, news.fieldPath].join('\n');
      const earlier = known.get(key);
      if (earlier && store.update<EventObject>(events, earlier, countUp)) return;
      known.set(key, store.create(events, newEvent(about, namespace, news, host)));
    },
  };
}

function countUp(event: EventObject): void {
  if (event.eventTime) event.series = { count: (event.series?.count ?? 1) + 1, lastObservedTime: microTime(Date.now()) };
  else Object.assign(event, { count: (event.count ?? 1) + 1, lastTimestamp: now() });
}

function newEvent(about: KubeObject, namespace: string, { type, reason, message, by, fieldPath }: News, host: string): ObjectInput {
  const scheduler = by === 'default-scheduler';
  const moment = now();
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${about.metadata.name}.${randomBytes(8).toString('hex')}`, namespace },
    involvedObject: {
      kind: about.kind,
      ...(about.metadata.namespace && { namespace: about.metadata.namespace }),
      name: about.metadata.name,
      uid: about.metadata.uid,
      apiVersion: about.apiVersion,
      resourceVersion: about.metadata.resourceVersion,
      ...(fieldPath && { fieldPath }),
    },
    reason,
    message,
    type,
    ...(scheduler
      ? { source: {}, firstTimestamp: null, lastTimestamp: null, eventTime: microTime(Date.now()), action: actionOf(reason) }
      : { source: sourceOf(by, host), firstTimestamp: moment, lastTimestamp: moment, count: 1, eventTime: null }),
    reportingComponent: by,
    reportingInstance: by === 'kubelet' ? host : scheduler ? `${by}-${host}` : '',
  };
}

const actionOf = (reason: string): string => (reason === 'Scheduled' ? 'Binding' : 'Scheduling');

const sourceOf = (component: string, host: string): object => ({ component, ...(component === 'kubelet' && { host }) });
