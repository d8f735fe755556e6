/** What the steps of one pod on the node share. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../cluster.ts';
import type { Pod } from '../model/pods.ts';
import type { Images } from './images.ts';
import type { Slot } from './slot.ts';

export interface PodContext {
  readonly cluster: Cluster;
  readonly images: Images;
  readonly pod: Pod;
  readonly slots: readonly Slot[];
  /** The pod's own folder, under the sandbox's. */
  readonly folder: string;
  /** Where its volumes lie, by name. */
  places: Map<string, string>;
  /** Aborted once the pod has to end: nothing new is started then. */
  readonly ending: AbortSignal;
  /** Writes the pod's status into the store. */
  publish(): void;
}

/** Records an Event about the pod, or about one of its containers. */
export function tell({ cluster, pod }: PodContext, type: 'Normal' | 'Warning', reason: string, message: string, slot?: Slot): void {
  const list = slot?.init ? 'initContainers' : 'containers';
  const fieldPath = slot ? { fieldPath: `spec.${list}{${slot.spec.name}}` } : {};
  cluster.events.record(pod, { type, reason, message, by: 'kubelet', ...fieldPath });
}

/** Waits, but no longer than the pod may live. */
export const pause = (milliseconds: number, ending: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal: ending }).catch(() => undefined);
