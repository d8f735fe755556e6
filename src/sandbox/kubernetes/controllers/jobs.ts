/** The Job controller: makes a Job's pods, counts their ends, and ends the Job; removes it after its time to live. */
import { create } from '../api/create.ts';
import { remove } from '../api/remove.ts';
import type { Cluster } from '../cluster.ts';
import { StatusError } from '../model/errors.ts';
import { generatedName } from '../model/names.ts';
import type { ObjectInput } from '../model/objects.ts';
import type { Job, Pod } from '../model/pods.ts';
import { jobs, pods } from '../model/resources.ts';
import { parseTime } from '../model/time.ts';
import { decide, hasCondition, isFinished, type JobDecision, trackingFinalizer } from './job-decision.ts';
import { type WorkQueue, workQueue } from './workqueue.ts';

const by = 'job-controller';
const keyOf = (namespace: string | undefined, name: string): string => `${namespace}/${name}`;

const ownerOf = ({ metadata }: Pod): string | undefined =>
  metadata.ownerReferences?.find(({ kind, controller }) => kind === 'Job' && controller)?.uid;

/** Starts the controller; gives back what stops it. */
export function runJobController(cluster: Cluster): () => void {
  const { store } = cluster;
  const failures = new Map<string, number>();
  const queue = workQueue((key) => sync(cluster, queue, failures, key), cluster.log);
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

const podsOf = ({ store }: Cluster, { metadata }: Job): Pod[] =>
  store.list<Pod>(pods, metadata.namespace).filter((pod) => ownerOf(pod) === metadata.uid);

/** Does what was decided; tells whether a pod was refused. */
function act(cluster: Cluster, job: Job, { status, counted, deletePods, createPods }: JobDecision): boolean {
  const { store, events } = cluster;
  for (const { metadata } of deletePods) {
    remove(cluster, pods, metadata.namespace, metadata.name);
    events.record(job, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${metadata.name}`, by });
  }
  let made = 0;
  let refused = false;
  for (; made < createPods && !refused; made += 1) refused = !createPod(cluster, job);
  const active = (status.active ?? 0) + made - (refused ? 1 : 0);
  const { conditions = [] } = job.status;
  const target = status.conditions?.find(({ type }) => type === 'SuccessCriteriaMet' || type === 'FailureTarget');
  // The criterion is shown before the pods' ends are counted, as the real controller writes it: in two steps.
  if (target && !conditions.includes(target)) {
    const uncounted = { [target.type === 'FailureTarget' ? 'failed' : 'succeeded']: counted.map(({ metadata }) => metadata.uid) };
    const early = { ...job.status, conditions: [...conditions, target], uncountedTerminatedPods: uncounted };
    write(cluster, job, counted.length > 0 ? early : job.status);
  }
  write(cluster, job, { ...status, ...(active > 0 && { active }) });
  for (const pod of counted) release(cluster, pod);
  const changed = store.get<Job>(jobs, job.metadata.namespace, job.metadata.name);
  if (changed && isFinished(changed)) announce(cluster, changed);
  return refused;
}

function write({ store }: Cluster, job: Job, status: Job['status']): void {
  store.update<Job>(jobs, job, (draft) => {
    draft.status = structuredClone(status);
  });
}

function announce({ events }: Cluster, job: Job): void {
  const end = job.status.conditions?.find(({ type }) => type === 'Failed');
  if (end) events.record(job, { type: 'Warning', reason: end.reason ?? '', message: end.message ?? '', by });
  else if (hasCondition(job, 'Complete')) events.record(job, { type: 'Normal', reason: 'Completed', message: 'Job completed', by });
}

function createPod(cluster: Cluster, job: Job): boolean {
  const { metadata, spec } = job;
  const base = `${metadata.name}-`;
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true };
  const { labels, annotations } = structuredClone(spec.template.metadata ?? {});
  const meta = { name: generatedName(base), generateName: base, finalizers: [trackingFinalizer], ownerReferences: [owner] };
  const input = { metadata: { ...meta, ...(labels && { labels }), ...(annotations && { annotations }) }, spec: spec.template.spec };
  try {
    const { metadata: made } = create(cluster, pods, metadata.namespace, input as ObjectInput);
    cluster.events.record(job, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${made.name}`, by });
    return true;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    cluster.events.record(job, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${error.message}`, by });
    return false;
  }
}

function release({ store }: Cluster, pod: Pod): void {
  store.update<Pod>(pods, pod, ({ metadata }) => {
    if (metadata.finalizers) metadata.finalizers = metadata.finalizers.filter((one) => one !== trackingFinalizer);
  });
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
