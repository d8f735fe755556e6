import { type ClusterEvent, type JobView, labels, type PodView } from '../../core/cluster.ts';
import { byInstant } from '../../core/time/instant.ts';
import { absentIsFine } from './objects.ts';
import type { ApiServer } from './transport/api-server.ts';
import { rawEvent, rawJob, rawPod } from './watch/raw.ts';
import { eventViews, jobView, podView } from './watch/views.ts';

export async function job(api: ApiServer, namespace: string, name: string): Promise<JobView | undefined> {
  const path = `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/jobs/${encodeURIComponent(name)}`;
  const found = await absentIsFine(api.json({ doing: `read Job ${namespace}/${name}`, path }, rawJob));
  return found && jobView(found);
}

export async function podsOf(api: ApiServer, namespace: string, runUid: string, stage: string): Promise<PodView[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`;
  const query = { labelSelector: `${labels.runUid}=${runUid},${labels.stage}=${stage}` };
  const { items } = await api.list({ doing: `list pods in ${namespace}`, path, query }, 'Pod', rawPod);
  return items.map(podView).sort((a, b) => byInstant(a.createdAt ?? '', b.createdAt ?? ''));
}

export async function pod(api: ApiServer, namespace: string, name: string): Promise<PodView | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
  const found = await absentIsFine(api.json({ doing: `read pod ${namespace}/${name}`, path }, rawPod));
  return found && podView(found);
}

export async function eventsOf(api: ApiServer, namespace: string, uid: string): Promise<ClusterEvent[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  const query = { fieldSelector: `involvedObject.uid=${uid}` };
  const { items } = await api.list({ doing: `list events in ${namespace}`, path, query }, 'Event', rawEvent);
  return eventViews(items);
}
