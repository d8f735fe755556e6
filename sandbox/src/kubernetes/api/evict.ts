/** Eviction (policy/v1): the pod is marked as disrupted and deleted with its grace period. */
import type { Cluster } from '../cluster.ts';
import { notFound, type Status } from '../model/errors.ts';
import type { Pod } from '../model/pods.ts';
import { pods } from '../model/resources.ts';
import { now } from '../model/time.ts';
import { remove } from './remove.ts';

export function evict(cluster: Cluster, namespace: string | undefined, name: string): Status {
  const pod = cluster.store.get<Pod>(pods, namespace, name);
  if (!pod) throw notFound(pods, name);
  cluster.store.update<Pod>(pods, pod, ({ status }) => {
    const disrupted = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    } as const;
    status.conditions = [...(status.conditions ?? []), { ...disrupted, lastTransitionTime: now() }];
  });
  remove(cluster, pods, namespace, name);
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}
