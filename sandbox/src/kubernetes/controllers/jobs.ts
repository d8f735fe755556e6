/** The Job controller: makes a Job's pods, counts their ends, and ends the Job; removes it after its time to live. */
import { remove } from '../api/remove.ts';
import type { Cluster } from '../cluster.ts';
import type { Job, Pod } from '../model/pods.ts';
import { jobs, pods } from '../model/resources.ts';
import { parseTime } from '../model/time.ts';
import { act, podsOf, release } from './job-actions.ts';
import { decide, isFinished, trackingFinalizer } from './job-decision.ts';
import { WorkQueue } from './workqueue.ts';

const keyOf = (namespace: string | undefined, name: string): string => `${namespace}/${name}`;

/** Starts the controller; gives back what stops it. */
export function runJobController(cluster: Cluster): () => void {
  const { store } = cluster;
  const failures = new Map<string, number>();
  const queue = new WorkQueue((key) => sync(cluster, queue, failures, key), cluster.log);
  const forget = store.onChange(({ resource, object, type }) => {
    const { namespace, name } = object.metadata;
    if (resource === jobs) queue.add(keyOf(namespace, name));
    if (resource === jobs && type === 'DELETED') releasePods(cluster, object as Job);
    if (resource !== pods) return;
    const owner = object.metadata.ownerReferences?.find(({ kind }) => kind === 'Job');
    if (owner) queue.add(keyOf(namespace, owner.name));
    else if (object.metadata.finalizers?.includes(trackingFinalizer)) release(cluster, object as Pod);
  });
  return () => {
    forget();
    queue.close();
  };
}

function sync(cluster: Cluster, queue: WorkQueue, failures: Map<string, number>, key: string): void {
  const [namespace = '', name = ''] = key.split('/');
  const job = cluster.store.get<Job>(jobs, namespace, name);
  if (!job || job.metadata.deletionTimestamp) {
    orphaned(cluster, namespace, name, job);
    return;
  }
  const owned = podsOf(cluster, job);
  if (isFinished(job)) {
    for (const pod of owned) release(cluster, pod);
    expire(cluster, queue, job, key);
    return;
  }
  const decision = decide(job, owned, Date.now(), cluster.settings.timing.jobBackOff);
  const refused = act(cluster, job, decision);
  failures.set(key, refused ? (failures.get(key) ?? 0) + 1 : 0);
  // One second, doubling up to a minute, as the controller's own queue waits after an error.
  if (refused) queue.addAfter(key, Math.min(1000 * 2 ** ((failures.get(key) ?? 1) - 1), 60_000));
  if (decision.again !== undefined) queue.addAfter(key, decision.again);
}

const releasePods = (cluster: Cluster, job: Job): void => {
  for (const pod of podsOf(cluster, job)) release(cluster, pod);
};

// A Job that is on its way out counts no more: its pods are free to go.
function orphaned(cluster: Cluster, namespace: string, name: string, job: Job | undefined): void {
  if (job) releasePods(cluster, job);
  const left = job ? [] : cluster.store.list<Pod>(pods, namespace);
  for (const pod of left)
    if (pod.metadata.ownerReferences?.some((owner) => owner.kind === 'Job' && owner.name === name)) release(cluster, pod);
}

function expire(cluster: Cluster, queue: WorkQueue, { metadata, spec, status }: Job, key: string): void {
  if (spec.ttlSecondsAfterFinished === undefined) return;
  const end = status.conditions?.find(({ type }) => type === 'Complete' || type === 'Failed');
  const left = (parseTime(end?.lastTransitionTime) ?? 0) + spec.ttlSecondsAfterFinished * 1000 - Date.now();
  if (left > 0) queue.addAfter(key, left);
  else remove(cluster, jobs, metadata.namespace, metadata.name, { propagationPolicy: 'Foreground' });
}
