/** One pod on the node, from its volumes to its end: init containers one after another, then the others together. */
import { mkdir } from 'node:fs/promises';
import type { Cluster } from '../cluster.ts';
import type { Pod } from '../model/pods.ts';
import { pods } from '../model/resources.ts';
import { now } from '../model/time.ts';
import { type Exec, execOf } from './exec.ts';
import type { Images } from './images.ts';
import type { LogFile } from './log-file.ts';
import { type PodContext, pause, tell } from './pod-context.ts';
import { type Circumstances, podStatus } from './pod-status.ts';
import { runContainer } from './run-container.ts';
import { type Slot, setTerminated, slotsOf } from './slot.ts';
import { MountError, prepareVolumes } from './volumes.ts';

type Failure = NonNullable<Circumstances['failure']>;

export interface PodWorker {
  /** Ends the pod: SIGTERM, and SIGKILL after `seconds`; a later call may shorten that. */
  stop(seconds: number): void;
  /** Ends the pod as failed, for a reason of the node's. */
  fail(failure: Failure): void;
  logOf(container: string, previous: boolean): LogFile | undefined;
  execIn(container: string): Exec | undefined;
  /** Nothing of the pod runs any more. */
  readonly over: Promise<void>;
}

const deadlineWords = 'Pod was active on the node longer than the specified deadline';

export interface PodPlace {
  folder: string;
  claims: string;
  podIP: string;
}

/** Takes the pod up. */
export function startPod(cluster: Cluster, images: Images, pod: Pod, place: PodPlace): PodWorker {
  const abort = new AbortController();
  const slots = slotsOf(pod);
  const circumstances: Circumstances = { startTime: now(), hostIP: '127.0.0.1', podIP: place.podIP, prepared: false, over: false };
  const publish = (): void => {
    cluster.store.update<Pod>(pods, pod, (draft) => {
      draft.status = podStatus(draft, slots, circumstances);
    });
  };
  const context: PodContext = { cluster, images, pod, slots, folder: place.folder, places: new Map(), ending: abort.signal, publish };
  const stop = stopper(context, abort);
  const grace = pod.spec.terminationGracePeriodSeconds ?? 30;
  const fail = (failure: Failure): void => {
    circumstances.failure ??= failure;
    stop(grace);
  };
  publish();
  const deadline = pod.spec.activeDeadlineSeconds;
  const expire = (): void => {
    tell(context, 'Normal', 'DeadlineExceeded', deadlineWords);
    fail({ reason: 'DeadlineExceeded', message: deadlineWords });
  };
  const alarm = deadline === undefined ? undefined : setTimeout(expire, deadline * 1000);
  const over = runPod(context, circumstances, place.claims).finally(() => {
    clearTimeout(alarm);
    circumstances.over = true;
    publish();
  });
  return {
    stop,
    fail,
    over,
    logOf: (container, previous) => logOf(slots, container, previous),
    execIn: (container) => execIn(slots, container),
  };
}

function logOf(slots: Slot[], container: string, previous: boolean): LogFile | undefined {
  const slot = slots.find(({ spec }) => spec.name === container);
  const ended = previous && slot?.status.lastState.terminated;
  return previous ? (ended ? slot?.logs.at(slot.logs.length > 1 ? -2 : -1) : undefined) : slot?.logs.at(-1);
}

function execIn(slots: Slot[], container: string): Exec | undefined {
  const slot = slots.find(({ spec }) => spec.name === container);
  return slot && execOf(slot);
}

async function runPod(context: PodContext, circumstances: Circumstances, claims: string): Promise<void> {
  const { slots, cluster, pod, ending } = context;
  await mkdir(context.folder, { recursive: true });
  const prepared = await untilMounted(context, claims);
  if (!prepared) return;
  circumstances.prepared = true;
  for (const slot of slots.filter(({ init }) => init)) {
    const exitCode = await guarded(context, slot);
    if (exitCode !== 0 || ending.aborted) return;
  }
  await Promise.all(slots.filter(({ init }) => !init).map((slot) => guarded(context, slot)));
  cluster.log(`kubelet: ${pod.metadata.namespace}/${pod.metadata.name} has ended`);
}

// A mistake of the stand-in itself must end its pod, not the sandbox.
async function guarded(context: PodContext, slot: Slot): Promise<number | undefined> {
  try {
    return await runContainer(context, slot);
  } catch (error) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    context.cluster.log(`kubelet: ${context.pod.metadata.name}/${slot.spec.name}: ${words}`);
    setTerminated(slot, 128, { reason: 'ContainerCannotRun', message: `the sandbox could not run this container: ${words}` });
    context.publish();
    return 128;
  }
}

async function untilMounted(context: PodContext, claims: string): Promise<boolean> {
  const { cluster, pod, ending, folder } = context;
  for (; !ending.aborted; await pause(cluster.settings.timing.volumeRetry, ending)) {
    try {
      context.places = await prepareVolumes(cluster.store, pod, { pod: folder, claims });
      return true;
    } catch (error) {
      if (!(error instanceof MountError)) throw error;
      tell(context, 'Warning', 'FailedMount', error.message);
    }
  }
  return false;
}

function stopper(context: PodContext, abort: AbortController): (seconds: number) => void {
  let timer: NodeJS.Timeout | undefined;
  const kill = (): void => {
    for (const { process } of context.slots) process?.kill();
  };
  return (seconds) => {
    const running = context.slots.filter(({ process }) => process);
    for (const slot of running) {
      if (!abort.signal.aborted) tell(context, 'Normal', 'Killing', `Stopping container ${slot.spec.name}`, slot);
      slot.process?.terminate();
    }
    abort.abort();
    clearTimeout(timer);
    if (seconds <= 0) kill();
    else timer = setTimeout(kill, seconds * 1000).unref();
  };
}
