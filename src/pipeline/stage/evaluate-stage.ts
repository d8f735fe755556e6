import type { ClusterEvent, ContainerView, JobView, PodView } from '../../core/cluster.ts';
import type { Stage } from '../../core/config.ts';
import type { Cause, ContainerEnd } from '../../core/logs.ts';
import type { StageRun } from '../../core/run/stage-run.ts';
import { duration } from '../../core/time/duration.ts';
import { interrupted, neverStarted, vanished } from './reasons.ts';
import { ownReader } from './stage-objects.ts';
import { stuckContainer, waitingReason } from './waiting-reason.ts';

/** How long a state must last before it is reported: while a volume claim is bound, a pod is briefly unschedulable in healthy runs. */
const settleMs = 5_000;
/** A container that cannot start does not wait for `startTimeout`: what it lacks rarely appears by itself. */
const stuckLimitMs = 5 * 60_000;
/** The kubelet ends a pod at its deadline; if it has not done so for this long, its node is lost. */
const lostAfterMs = 3 * 60_000;
const hourMs = 3_600_000;

/** The state of a stage in the cluster. */
export interface Observed {
  readonly job?: JobView;
  /** The Job's pods, oldest first. */
  readonly pods: readonly PodView[];
  /** Events of the Job and its pod, oldest first; undefined if not fetched. */
  readonly events?: readonly ClusterEvent[];
  /** The Job is certainly not in the cluster. */
  readonly gone: boolean;
}

export type Evaluation =
  | {
      readonly kind: 'going';
      readonly phase: string;
      readonly waitingFor?: string;
      readonly podStartedAt?: string;
      /** Fetch the events and evaluate again. */
      readonly needsEvents: boolean;
      /** Check again after this many milliseconds even without an event. */
      readonly againInMs?: number;
    }
  | { readonly kind: 'passed' }
  /** `end`: its log says why; `cause`: the cluster says why. */
  | { readonly kind: 'failed'; readonly end: ContainerEnd; readonly pod: string }
  | { readonly kind: 'failed'; readonly cause: Cause };

/** The state of a stage whose Job was created; a pure function, so it can be called at any time. */
export function evaluate(stage: Stage, record: StageRun, seen: Observed, now: Date): Evaluation {
  const pod = seen.pods.at(-1);
  const done = finished(record, seen, pod);
  if (done) return done;
  const started = pod?.startTime ? { podStartedAt: pod.startTime } : {};
  if (!pod || !hasBegun(pod) || stuckContainer(pod)) return { ...notStarted(stage, record, seen, pod, now), ...started };
  const left = lostAt(deadlineOfPod(record) ?? stage.timeout, pod) - now.getTime();
  if (left <= 0)
    return { kind: 'failed', cause: interrupted(`its pod should have ended, but ${pod.node ?? 'its node'} has not reported that`) };
  return { kind: 'going', phase: phaseOf(pod, record), needsEvents: false, againInMs: Math.min(left + 50, hourMs), ...started };
}

/** Once an init container has run, the stage has started: nothing after it waits for a node. */
function hasBegun(pod: PodView): boolean {
  return pod.containers.some((container) => container.state !== 'waiting');
}

/** When the pod would certainly have ended if its node were alive, in ms. */
function lostAt(deadline: number, pod: PodView): number {
  const deleted = Date.parse(pod.deletedAt ?? '') || Number.POSITIVE_INFINITY;
  const started = Date.parse(pod.startTime ?? '') || Number.POSITIVE_INFINITY;
  return Math.min(deleted, started + deadline) + lostAfterMs;
}

function finished(record: StageRun, seen: Observed, pod: PodView | undefined): Evaluation | undefined {
  if (seen.job?.conditions.some((condition) => condition.type === 'Complete' && condition.status === 'True')) return { kind: 'passed' };
  const failed = seen.job?.conditions.find((condition) => condition.type === 'Failed' && condition.status === 'True');
  if (failed) return failedAs(record, pod, failed.message ?? failed.reason ?? '');
  return seen.gone ? { kind: 'failed', cause: vanished() } : undefined;
}

function failedAs(record: StageRun, pod: PodView | undefined, message: string): Evaluation {
  if (!pod)
    return { kind: 'failed', cause: record.podStartedAt ? interrupted('its pod was deleted') : neverStarted(record.waitingFor ?? message) };
  const disrupted = pod.conditions.find((condition) => condition.type === 'DisruptionTarget' && condition.status === 'True');
  if (disrupted)
    return { kind: 'failed', cause: interrupted(disrupted.message ?? disrupted.reason ?? 'its pod was removed from the node') };
  if (pod.reason === 'Evicted')
    return { kind: 'failed', cause: interrupted(`the node evicted its pod: ${pod.message ?? 'no reason given'}`) };
  if (pod.reason && /^(Node|Shutdown|Terminated|Preempt|Unexpected)/.test(pod.reason)) {
    return { kind: 'failed', cause: interrupted(`${pod.reason}: ${pod.message ?? ''}`) };
  }
  if (pod.deletedAt) return { kind: 'failed', cause: interrupted('its pod was deleted while it was running') };
  const ended = firstFailed(pod) ?? pod.containers.at(-1);
  if (!ended) return { kind: 'failed', cause: neverStarted(message) };
  if (pod.reason === 'DeadlineExceeded' && ended.state === 'waiting')
    return { kind: 'failed', cause: neverStarted(record.waitingFor ?? message) };
  return { kind: 'failed', end: endOf(ended, pod, record), pod: pod.name };
}

/** The container that failed first: later ones may have been killed because of it. */
function firstFailed(pod: PodView): ContainerView | undefined {
  const failed = pod.containers.filter((container) => container.state === 'terminated' && container.exitCode !== 0);
  return failed.sort((a, b) => (Date.parse(a.finishedAt ?? '') || 0) - (Date.parse(b.finishedAt ?? '') || 0))[0];
}

/** A missed deadline is reported on the pod, while the container's status only says that it was killed. */
function endOf(container: ContainerView, pod: PodView, record: StageRun): ContainerEnd {
  const reason = pod.reason ?? container.reason;
  const message = (reason === 'DeadlineExceeded' && limitWords(record)) || (pod.message ?? container.message);
  return {
    container: container.name,
    ...(container.exitCode === undefined ? {} : { exitCode: container.exitCode }),
    ...(container.signal === undefined ? {} : { signal: container.signal }),
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
  };
}

/** The deadline in the pod's spec, which is what ended it. */
function limitWords(record: StageRun): string | undefined {
  const ms = deadlineOfPod(record);
  return ms === undefined ? undefined : `limit ${duration(ms)}`;
}

/** How long the pod may be active, in ms: as set when its Job was created, whatever the configuration says now. */
function deadlineOfPod({ objects = [] }: StageRun): number | undefined {
  const spec = objects.find(({ kind }) => kind === 'Job')?.spec as PodLimit | undefined;
  const seconds = spec?.template?.spec?.activeDeadlineSeconds;
  return seconds === undefined ? undefined : seconds * 1000;
}

interface PodLimit {
  readonly template?: { readonly spec?: { readonly activeDeadlineSeconds?: number } };
}

function notStarted(stage: Stage, record: StageRun, seen: Observed, pod: PodView | undefined, now: Date): Evaluation {
  const since = Date.parse(record.startedAt ?? now.toISOString());
  const waited = now.getTime() - since;
  const shownAt = Date.parse(pod?.createdAt ?? seen.job?.createdAt ?? record.startedAt ?? now.toISOString());
  const stands = Math.min(waited, now.getTime() - shownAt) >= settleMs;
  const waitingFor = stands ? waitingReason(seen.job, pod, seen.events ?? [], stage.kind === 'test' ? stage.gpus : 0) : undefined;
  const limit = limitOf(stage, pod, since);
  if (waited >= limit)
    return { kind: 'failed', cause: neverStarted(waitingFor ?? record.waitingFor ?? 'the cluster gives no reason', limit) };
  const known = waitingFor ?? (stands ? record.waitingFor : undefined);
  return {
    kind: 'going',
    phase: phaseOf(pod, record),
    ...(known ? { waitingFor: known } : {}),
    needsEvents: stands && seen.events === undefined,
    againInMs: Math.min(stands ? settleMs : settleMs - Math.min(waited, now.getTime() - shownAt), limit - waited) + 50,
  };
}

/** Milliseconds from `since` (when the Job was created) until the wait times out. */
function limitOf(stage: Stage, pod: PodView | undefined, since: number): number {
  if (!pod || !stuckContainer(pod)) return stage.startTimeout;
  const before = pod.containers.map(({ finishedAt }) => Date.parse(finishedAt ?? '') || 0);
  const itsTurn = Math.max(...before, Date.parse(pod.startTime ?? pod.createdAt ?? '') || since);
  const limit = Math.max(0, itsTurn - since) + stuckLimitMs;
  return hasBegun(pod) ? limit : Math.min(stage.startTimeout, limit);
}

/** What a pod is doing now, in words. */
function phaseOf(pod: PodView | undefined, { objects }: StageRun): string {
  if (!pod) return 'waiting for its pod';
  if (pod.deletedAt) return 'ends';
  if (!pod.node) return 'waiting for a node';
  const running = pod.containers.filter((container) => container.state === 'running');
  // A sidecar (an init container that runs alongside the others) is not worth mentioning.
  const active = running.find(({ init }) => !init) ?? running[0] ?? pod.containers.find((container) => container.state === 'waiting');
  if (!active) return 'ends';
  if (active.state === 'waiting') return active.init ? 'starts' : 'pulling its image';
  if (!active.init || ownReader(objects, active.name) !== undefined) return 'runs';
  return active.name === 'clone' ? 'cloning the commit' : `preparing (${active.name})`;
}
