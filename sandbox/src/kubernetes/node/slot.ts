/** A container of a pod on the node: its spec, its status, its tries and their logs. */
import { randomBytes } from 'node:crypto';
import type { Container, ContainerStatus, Pod, PodSpec, Terminated } from '../model/pods.ts';
import { now } from '../model/time.ts';
import type { Scratch } from './command.ts';
import { imageName } from './image-name.ts';
import type { LogFile } from './log-file.ts';
import type { RunningProcess } from './process.ts';

/** What a command needs of the container that it runs in. */
interface Inside {
  readonly scratch: Scratch;
  readonly cwd: string;
  readonly env: Record<string, string> & { readonly PATH: string };
}

export interface Slot {
  readonly spec: Container;
  readonly init: boolean;
  status: ContainerStatus;
  process: RunningProcess | undefined;
  /** What commands beside its process need; of its last try. */
  inside: Inside | undefined;
  /** Each kills a command that runs in it. */
  readonly execs: Set<() => void>;
  /** The logs of its tries, the present one last; two at most. */
  logs: LogFile[];
}

export function slotsOf({ spec }: Pod): Slot[] {
  const later = spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating';
  const slot =
    (init: boolean) =>
    (container: Container): Slot => ({
      spec: container,
      init,
      status: {
        name: container.name,
        image: container.image,
        imageID: '',
        ready: false,
        started: false,
        restartCount: 0,
        state: { waiting: { reason: later } },
        lastState: {},
      },
      process: undefined,
      inside: undefined,
      execs: new Set(),
      logs: [],
    });
  return [...(spec.initContainers ?? []).map(slot(true)), ...spec.containers.map(slot(false))];
}

const newContainerId = (): string => `containerd://${randomBytes(32).toString('hex')}`;

/** The slot waits: for its image, its configuration, its next try. */
export function setWaiting({ status }: Slot, reason: string, message?: string): void {
  const ended = status.state.terminated;
  if (ended) status.lastState = { terminated: ended };
  Object.assign(status, { state: { waiting: { reason, ...(message !== undefined && { message }) } }, ready: false, started: false });
}

/** The slot has a container of this image, which may run. */
export function setCreated({ status, spec }: Slot, imageId: string): void {
  const ended = status.state.terminated;
  if (ended) status.lastState = { terminated: ended };
  if (status.lastState.terminated) status.restartCount += 1;
  const image = imageName(spec.image)?.full ?? spec.image;
  Object.assign(status, { image, imageID: imageId, containerID: newContainerId(), resources: spec.resources ?? {} });
}

export function setRunning({ status, init }: Slot): void {
  const running = { running: { startedAt: now() } };
  Object.assign(status, { state: running, ready: !init, started: true });
}

/** `reason` is told from the exit code where it is not given. */
export function setTerminated({ status, init }: Slot, exitCode: number, more: Partial<Terminated> = {}): void {
  const terminated: Terminated = {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    startedAt: status.state.running?.startedAt ?? null,
    finishedAt: now(),
    containerID: status.containerID ?? '',
    ...more,
  };
  Object.assign(status, { state: { terminated }, ready: init && exitCode === 0, started: false });
}

/** Whether a container that ended with this code is started again. */
export function restarts({ restartPolicy }: PodSpec, { init }: Slot, exitCode: number): boolean {
  if (restartPolicy === 'Never') return false;
  return exitCode !== 0 || (restartPolicy === 'Always' && !init);
}
