/** A pod's phase and conditions, from the states of its containers (pkg/kubelet: getPhase, status/generate.go). Pure. */
import type { Condition } from '../model/objects.ts';
import type { ContainerStatus, Pod, PodPhase, PodStatus } from '../model/pods.ts';
import { now } from '../model/time.ts';
import { restarts, type Slot } from './slot.ts';

export interface Circumstances {
  startTime: string;
  hostIP: string;
  podIP: string;
  /** Set up as far as volumes and network go. */
  prepared: boolean;
  /** Why the node ended the pod, where it did. */
  failure?: { reason: string; message: string } | undefined;
  /** Nothing of it runs any more, and nothing will. */
  over: boolean;
}

export function podStatus(pod: Pod, slots: Slot[], circumstances: Circumstances): PodStatus {
  const { startTime, hostIP, podIP, failure, over, prepared } = circumstances;
  const inits = slots.filter(({ init }) => init);
  const mains = slots.filter(({ init }) => !init);
  const reached = over && failure ? 'Failed' : phaseOf(pod, inits, mains, over);
  // An end is told once nothing of the pod runs any more.
  const phase = over || !ends.has(reached) ? reached : initialized(inits) ? 'Running' : 'Pending';
  const generation = pod.metadata.generation ?? 1;
  const earlier = pod.status.conditions ?? [];
  return {
    ...structuredClone(pod.status),
    phase,
    ...(failure && over && failure),
    conditions: [
      ...conditionsOf(inits, mains, reached, prepared && !ends.has(phase)),
      ...earlier.filter(({ type }) => !own.includes(type)),
    ].map((one) => ({ ...dated(one, earlier), observedGeneration: generation })),
    observedGeneration: generation,
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(prepared && { podIP, podIPs: [{ ip: podIP }] }),
    resources: {},
    startTime,
    ...(inits.length > 0 && { initContainerStatuses: statusesOf(inits) }),
    containerStatuses: statusesOf(mains),
  };
}

const statusesOf = (slots: Slot[]): ContainerStatus[] => slots.map(({ status }) => structuredClone(status));

const exitOf = ({ status }: Slot): number | undefined => status.state.terminated?.exitCode;
const initialized = (inits: Slot[]): boolean => inits.every((slot) => exitOf(slot) === 0);

function phaseOf({ spec }: Pod, inits: Slot[], mains: Slot[], over: boolean): PodPhase {
  const lost = inits.some((slot) => (exitOf(slot) ?? 0) !== 0 && !restarts(spec, slot, exitOf(slot) ?? 0));
  if (lost) return 'Failed';
  if (!over && !initialized(inits)) return 'Pending';
  const exits = mains.map(exitOf);
  const ended = over || mains.every((slot) => exitOf(slot) !== undefined && !restarts(spec, slot, exitOf(slot) ?? 0));
  if (ended) return exits.every((code) => code === 0) ? 'Succeeded' : 'Failed';
  const began = ({ status: { state, lastState } }: Slot): boolean => Boolean(state.running ?? state.terminated ?? lastState.terminated);
  return mains.every(began) ? 'Running' : 'Pending';
}

const ends = new Set<PodPhase>(['Succeeded', 'Failed']);

const own = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];

const condition = (type: string, holds: boolean, reason?: string, message?: string): Condition => ({
  type,
  status: holds ? 'True' : 'False',
  ...(!holds && reason !== undefined && { reason }),
  ...(!holds && message !== undefined && { message }),
  lastProbeTime: null,
});

function conditionsOf(inits: Slot[], mains: Slot[], phase: PodPhase, started: boolean): Condition[] {
  const done = phase === 'Succeeded';
  const unready = mains.filter(({ status }) => !status.ready).map(({ spec }) => spec.name);
  const incomplete = inits.filter((slot) => exitOf(slot) !== 0).map(({ spec }) => spec.name);
  const waiting = `containers with incomplete status: [${incomplete.join(' ')}]`;
  const ready = done
    ? (['PodCompleted', undefined] as const)
    : phase === 'Failed'
      ? (['PodFailed', undefined] as const)
      : (['ContainersNotReady', `containers with unready status: [${unready.join(' ')}]`] as const);
  return [
    condition('PodReadyToStartContainers', started),
    { ...condition('Initialized', initialized(inits), 'ContainersNotInitialized', waiting), ...(done && { reason: 'PodCompleted' }) },
    condition('Ready', unready.length === 0, ...ready),
    condition('ContainersReady', unready.length === 0, ...ready),
    condition('PodScheduled', true),
  ];
}

// The moment of a condition is that of its last change of status.
function dated(one: Condition, earlier: Condition[]): Condition {
  const before = earlier.find(({ type, status }) => type === one.type && status === one.status);
  return { ...one, lastTransitionTime: before?.lastTransitionTime ?? one.lastTransitionTime ?? now() };
}
