/** What a Job's controller does next, decided from the Job and its pods (pkg/controller/job/job_controller.go, syncJob). Pure. */
import type { Condition } from '../model/objects.ts';
import { isOver, type Job, type JobStatus, type Pod } from '../model/pods.ts';
import { parseTime, timestamp } from '../model/time.ts';

/** A pod carries it until its end has been counted into its Job. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';

export interface JobDecision {
  status: JobStatus;
  /** Pods whose end this decision counts: they lose the tracking finalizer. */
  counted: Pod[];
  deletePods: Pod[];
  createPods: number;
  /** Milliseconds until the decision must be made again; undefined where only a change can alter it. */
  again: number | undefined;
}

const tracked = ({ metadata }: Pod): boolean => metadata.finalizers?.includes(trackingFinalizer) ?? false;
const ending = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;
const isReady = ({ status }: Pod): boolean => status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
const failed = (pod: Pod): boolean => pod.status.phase === 'Failed' || (ending(pod) && pod.status.phase !== 'Succeeded');

export const hasCondition = ({ status }: Job, type: string): boolean =>
  status.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;

export const isFinished = (job: Job): boolean => hasCondition(job, 'Complete') || hasCondition(job, 'Failed');

const condition = (type: string, reason: string, message: string, at: number): Condition => ({
  type,
  status: 'True',
  reason,
  message,
  lastProbeTime: timestamp(at),
  lastTransitionTime: timestamp(at),
});

/** Decides at the moment `at` (milliseconds); `backOff` is the first wait after a failed pod, in milliseconds. */
export function decide(job: Job, pods: Pod[], at: number, backOff: number): JobDecision {
  const { spec } = job;
  const status: JobStatus = structuredClone(job.status);
  const fresh = pods.filter(tracked);
  const counted = fresh.filter((pod) => isOver(pod) || ending(pod));
  const lost = counted.filter(failed).length;
  status.succeeded = (status.succeeded ?? 0) + counted.length - lost;
  status.failed = (status.failed ?? 0) + lost;
  if (!spec.suspend) status.startTime ??= timestamp(at);
  const active = pods.filter((pod) => !isOver(pod) && !ending(pod));
  const deadline = deadlineOf(job, status);
  const end = endOf(job, status, active, at, deadline);
  const work =
    end || spec.suspend ? { deletePods: active, createPods: 0, wait: undefined } : manage(job, status, active, pods, at, backOff);
  const left = active.filter((pod) => !work.deletePods.includes(pod));
  if (end && !hasCondition(job, end.type)) status.conditions = [...(status.conditions ?? []), end];
  if (!end) suspension(job, status, at);
  const terminating = pods.filter((pod) => !isOver(pod) && ending(pod)).length + work.deletePods.length;
  Object.assign(status, { active: left.length, ready: left.filter(isReady).length, terminating });
  if (terminating === 0) finish(status, at);
  const waits = [work.wait, end ? undefined : deadline && deadline - at].filter((wait) => wait !== undefined);
  return { status: tidy(status), counted, ...work, again: waits.length > 0 ? Math.max(Math.min(...waits), 0) : undefined };
}

const deadlineOf = ({ spec }: Job, { startTime }: JobStatus): number | undefined =>
  spec.activeDeadlineSeconds === undefined || spec.suspend ? undefined : (parseTime(startTime) ?? 0) + spec.activeDeadlineSeconds * 1000;

/** The condition that says how the Job will end once its pods are gone; undefined while it goes on. */
function endOf(job: Job, status: JobStatus, active: Pod[], at: number, deadline: number | undefined): Condition | undefined {
  const early = job.status.conditions?.find(({ type }) => type === 'SuccessCriteriaMet' || type === 'FailureTarget');
  if (early) return early;
  if ((status.failed ?? 0) > job.spec.backoffLimit)
    return condition('FailureTarget', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit', at);
  if (deadline !== undefined && deadline <= at)
    return condition('FailureTarget', 'DeadlineExceeded', 'Job was active longer than specified deadline', at);
  const enough = (status.succeeded ?? 0) >= (job.spec.completions ?? 1) && active.length === 0;
  return enough ? condition('SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods', at) : undefined;
}

interface Work {
  deletePods: Pod[];
  createPods: number;
  wait: number | undefined;
}

function manage({ spec }: Job, { succeeded = 0 }: JobStatus, active: Pod[], pods: Pod[], at: number, backOff: number): Work {
  const unlimited = succeeded > 0 ? active.length : spec.parallelism;
  const wanted = spec.completions === undefined ? unlimited : Math.min(spec.parallelism, spec.completions - succeeded);
  if (active.length > wanted) return { deletePods: active.slice(wanted), createPods: 0, wait: undefined };
  const wait = restBeforeRetry(pods, at, backOff);
  const createPods = wait > 0 ? 0 : wanted - active.length;
  return { deletePods: [], createPods, wait: wait > 0 && wanted > active.length ? wait : undefined };
}

function restBeforeRetry(pods: Pod[], at: number, backOff: number): number {
  const ends = pods.filter((pod) => failed(pod)).map(endedAt);
  if (ends.length === 0) return 0;
  return Math.max(...ends) + Math.min(backOff * 2 ** (ends.length - 1), 600_000) - at;
}

function endedAt({ metadata, status }: Pod): number {
  const ends = (status.containerStatuses ?? []).map(({ state }) => parseTime(state.terminated?.finishedAt ?? undefined) ?? 0);
  return Math.max(...ends, parseTime(metadata.deletionTimestamp ?? metadata.creationTimestamp) ?? 0);
}

function suspension({ spec }: Job, status: JobStatus, at: number): void {
  const known = status.conditions?.find(({ type }) => type === 'Suspended');
  const wanted = spec.suspend ? 'True' : 'False';
  if (known ? known.status === wanted : !spec.suspend) return;
  const word = spec.suspend ? 'suspended' : 'resumed';
  const reason = spec.suspend ? 'JobSuspended' : 'JobResumed';
  const next = { ...condition('Suspended', reason, `Job ${word}`, at), status: wanted } as const;
  status.conditions = [...(status.conditions ?? []).filter((one) => one !== known), next];
  if (spec.suspend) delete status.startTime;
  else status.startTime = timestamp(at);
}

function finish(status: JobStatus, at: number): void {
  const target = status.conditions?.find(({ type }) => type === 'SuccessCriteriaMet' || type === 'FailureTarget');
  const done = status.conditions?.some(({ type }) => type === 'Complete' || type === 'Failed');
  if (!target || done) return;
  const type = target.type === 'FailureTarget' ? 'Failed' : 'Complete';
  status.conditions = [...(status.conditions ?? []), condition(type, target.reason ?? '', target.message ?? '', at)];
  if (type === 'Complete') status.completionTime = timestamp(at);
}

// Counts of nothing are left out, but for ready and terminating, which stand in every status.
function tidy(status: JobStatus): JobStatus {
  const { active, succeeded, failed: lost, ...rest } = status;
  return {
    ...(active && { active }),
    ...(succeeded && { succeeded }),
    ...(lost && { failed: lost }),
    ...rest,
    uncountedTerminatedPods: {},
  };
}
