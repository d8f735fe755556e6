import type { ClusterEvent, Condition, ContainerView, JobView, PodView } from '../../../core/cluster.ts';
import type { RawCondition, RawContainerStatus, RawEvent, RawJob, RawObject, RawPod, RawTermination } from './raw.ts';

/** The parts of a Job that coxswain uses. Pure. */
export function jobView(job: RawJob): JobView {
  const { active = 0, succeeded = 0, failed = 0, conditions } = job.status ?? {};
  return { ...identity(job), active, succeeded, failed, conditions: (conditions ?? []).map(condition) };
}

/** The parts of a pod that coxswain uses. Pure. A container without a status yet is treated as waiting. */
export function podView(pod: RawPod): PodView {
  const { status, spec } = pod;
  return {
    ...identity(pod),
    ...given({
      deletedAt: iso(pod.metadata.deletionTimestamp),
      reason: text(status?.reason),
      message: text(status?.message),
      node: text(spec?.nodeName),
      startTime: iso(status?.startTime),
    }),
    phase: status?.phase ?? 'Unknown',
    conditions: (status?.conditions ?? []).map(condition),
    containers: [
      ...containers(spec?.initContainers ?? [], status?.initContainerStatuses ?? [], true),
      ...containers(spec?.containers ?? [], status?.containerStatuses ?? [], false),
    ],
  };
}

/** Events by last occurrence, oldest first; in both the old format (firstTimestamp, count) and the new one (eventTime, series). Pure. */
export function eventViews(events: readonly RawEvent[]): ClusterEvent[] {
  return events.map(eventView).sort((a, b) => Date.parse(a.lastAt) - Date.parse(b.lastAt));
}

function eventView(event: RawEvent): ClusterEvent {
  const created = iso(event.metadata.creationTimestamp) ?? '';
  const firstAt = iso(event.firstTimestamp) ?? iso(event.eventTime) ?? created;
  return {
    type: event.type ?? 'Normal',
    reason: event.reason ?? '',
    message: event.message ?? event.note ?? '',
    count: event.series?.count ?? event.count ?? 1,
    firstAt,
    lastAt: iso(event.series?.lastObservedTime) ?? iso(event.lastTimestamp) ?? firstAt,
  };
}

function identity({ metadata }: RawObject) {
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid,
    labels: metadata.labels ?? {},
    ...given({ createdAt: iso(metadata.creationTimestamp) }),
  };
}

/** In the order of the spec: statuses are sorted by name, and appear only after the kubelet has seen the pod. */
function containers(
  specs: readonly { name?: string | undefined }[],
  statuses: readonly RawContainerStatus[],
  init: boolean,
): ContainerView[] {
  return specs.map(({ name = '' }) => ({ name, init, ...containerState(statuses.find((status) => status.name === name)) }));
}

function containerState(status: RawContainerStatus | undefined): Omit<ContainerView, 'name' | 'init'> {
  const { waiting, running, terminated } = status?.state ?? {};
  if (terminated) return { state: 'terminated', ...ending(terminated) };
  if (running) return { state: 'running', ...given({ startedAt: iso(running.startedAt) }) };
  return { state: 'waiting', ...given({ reason: text(waiting?.reason), message: text(waiting?.message) }) };
}

function ending(terminated: RawTermination) {
  const { exitCode, signal, reason, message, startedAt, finishedAt } = terminated;
  return given({
    reason: text(reason),
    message: text(message),
    exitCode,
    signal: signal || undefined,
    startedAt: iso(startedAt),
    finishedAt: iso(finishedAt),
  });
}

function condition({ type = '', status = '', reason, message }: RawCondition): Condition {
  return { type, status, ...given({ reason: text(reason), message: text(message) }) };
}

/** ISO 8601 in UTC, as the API wrote it: a Date would lose its microseconds. */
function iso(time: string | undefined): string | undefined {
  return time === '' ? undefined : time;
}

function text(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The object without undefined keys. */
function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
}
