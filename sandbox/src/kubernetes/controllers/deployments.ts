/** Deployments are kept and reported available, but nothing runs: services of a pipeline (caches, brokers) are not played here. */
import type { Cluster } from '../cluster.ts';
import type { KubeObject } from '../model/objects.ts';
import { deployments } from '../model/resources.ts';
import { now } from '../model/time.ts';

/** Starts the controller; gives back what stops it. */
export function runDeploymentController({ store }: Cluster): () => void {
  return store.onChange(({ resource, object, type }) => {
    if (resource !== deployments || type === 'DELETED') return;
    const observed = (object.status as { observedGeneration?: number } | undefined)?.observedGeneration;
    if (observed !== object.metadata.generation) store.update<KubeObject>(deployments, object, reportAvailable);
  });
}

function reportAvailable(draft: KubeObject): void {
  const replicas = (draft.spec as { replicas?: number }).replicas ?? 1;
  const moment = { lastUpdateTime: now(), lastTransitionTime: now() };
  const counts = replicas > 0 ? { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas } : {};
  const message = 'The sandbox stores Deployments and reports them available; their pods do not run.';
  draft.status = {
    observedGeneration: draft.metadata.generation ?? 1,
    ...counts,
    conditions: [
      { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message, ...moment },
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message, ...moment },
    ],
  };
}
