/** What the Job controller does once it has decided: pods made and deleted, the status written, Events. */
import { create } from '../api/create.ts';
import { remove } from '../api/remove.ts';
import type { Cluster } from '../cluster.ts';
import { StatusError } from '../model/errors.ts';
import { generatedName } from '../model/names.ts';
import type { Condition, ObjectInput } from '../model/objects.ts';
import type { Job, JobStatus, Pod } from '../model/pods.ts';
import { jobs, pods } from '../model/resources.ts';
import { hasCondition, type JobDecision, trackingFinalizer } from './job-decision.ts';

const by = 'job-controller';

const ownerOf = ({ metadata }: Pod): string | undefined =>
  metadata.ownerReferences?.find(({ kind, controller }) => kind === 'Job' && controller)?.uid;

export const podsOf = ({ store }: Cluster, { metadata }: Job): Pod[] =>
  store.list<Pod>(pods, metadata.namespace).filter((pod) => ownerOf(pod) === metadata.uid);

/** Does what was decided; tells whether a pod was refused. */
export function act(cluster: Cluster, job: Job, { status, counted, deletePods, createPods }: JobDecision): boolean {
  const { store, events } = cluster;
  for (const { metadata } of deletePods) {
    remove(cluster, pods, metadata.namespace, metadata.name);
    events.record(job, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${metadata.name}`, by });
  }
  let made = 0;
  let refused = false;
  for (; made < createPods && !refused; made += 1) refused = !createPod(cluster, job);
  const active = (status.active ?? 0) + made - (refused ? 1 : 0);
  if (counted.length > 0) showCriterion(cluster, job, status, counted);
  write(cluster, job, { ...status, ...(active > 0 && { active }) });
  for (const pod of counted) release(cluster, pod);
  const changed = store.get<Job>(jobs, job.metadata.namespace, job.metadata.name);
  if (changed && changed !== job) announce(cluster, job, changed);
  return refused;
}

// The criterion is shown before the pods' ends are counted, as the real controller writes it: in two steps.
function showCriterion(cluster: Cluster, job: Job, status: JobStatus, counted: Pod[]): void {
  const target = status.conditions?.find(({ type }) => type === 'SuccessCriteriaMet' || type === 'FailureTarget');
  if (!target || hasCondition(job, target.type)) return;
  const uncounted = { [target.type === 'FailureTarget' ? 'failed' : 'succeeded']: counted.map(({ metadata }) => metadata.uid) };
  const { active: _, conditions = [], ...counts } = job.status;
  write(cluster, job, { ...counts, ready: 0, conditions: [...conditions, target], uncountedTerminatedPods: uncounted });
}

function write({ store }: Cluster, job: Job, status: JobStatus): void {
  store.update<Job>(jobs, job, (draft) => {
    draft.status = structuredClone(status);
  });
}

/** Records the Events of what has come true of a Job. */
function announce({ events }: Cluster, before: Job, job: Job): void {
  const words = (type: string): Condition | undefined => job.status.conditions?.find((one) => one.type === type);
  const came = (type: string): boolean => hasCondition(job, type) && !hasCondition(before, type);
  const normal = (reason: string, message: string): void => events.record(job, { type: 'Normal', reason, message, by });
  if (came('Failed'))
    events.record(job, { type: 'Warning', reason: words('Failed')?.reason ?? '', message: words('Failed')?.message ?? '', by });
  if (came('Complete')) normal('Completed', 'Job completed');
  if (came('Suspended')) normal('Suspended', 'Job suspended');
  if (words('Suspended')?.status === 'False' && hasCondition(before, 'Suspended')) normal('Resumed', 'Job resumed');
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

export function release({ store }: Cluster, pod: Pod): void {
  store.update<Pod>(pods, pod, ({ metadata }) => {
    if (metadata.finalizers) metadata.finalizers = metadata.finalizers.filter((one) => one !== trackingFinalizer);
  });
}
