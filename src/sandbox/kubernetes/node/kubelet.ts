/** The node: takes up the pods that are assigned to it, ends those that are deleted, and keeps their logs while they are there. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../cluster.ts';
import type { Pod } from '../model/pods.ts';
import { claims, pods } from '../model/resources.ts';
import type { StoreEvent } from '../model/store.ts';
import { nodeImages } from './images.ts';
import type { LogFile } from './log-file.ts';
import type { LogSource } from './log-source.ts';
import { clearPod, type PodWorker, podFolder, startPod } from './pod-worker.ts';

export interface Kubelet extends LogSource {
  /** Ends a pod as the node does when it runs out of something: phase Failed, reason Evicted. */
  evict(pod: Pod, message: string): void;
  /** Cuts all but the last lines of a container's log, as a rotation does. */
  rotateLog(podUid: string, container: string, keep: number): void;
  /** Kills everything; done when nothing runs any more. */
  close(): Promise<void>;
}

/** Starts the node's work. */
export function runKubelet(cluster: Cluster): Kubelet {
  const workers = new Map<string, PodWorker>();
  const images = nodeImages(cluster.settings);
  const { folder } = cluster.settings;
  let address = 1;

  const take = (pod: Pod): void => {
    if (workers.has(pod.metadata.uid)) return;
    address += 1;
    const podIP = `10.1.${(address >> 8) & 255}.${address & 255}`;
    const place = { folder: podFolder(folder, pod.metadata.uid), claims: join(folder, 'claims'), podIP };
    const worker = startPod(cluster, images, pod, place);
    workers.set(pod.metadata.uid, worker);
    worker.over.then(() => finish(cluster, pod)).catch((error: unknown) => cluster.log(`kubelet: ${pod.metadata.name}: ${error}`));
  };
  const hear = ({ resource, object, type }: StoreEvent): void => {
    if (resource === claims && type === 'DELETED') void rm(join(folder, 'claims', object.metadata.uid), { recursive: true, force: true });
    if (resource !== pods) return;
    const pod = object as Pod;
    if (pod.spec.nodeName === cluster.settings.nodeName && type !== 'DELETED' && !pod.metadata.deletionTimestamp) take(pod);
    const worker = workers.get(pod.metadata.uid);
    if (type === 'DELETED') leave(pod, worker);
    else if (pod.metadata.deletionTimestamp) worker?.stop(pod.metadata.deletionGracePeriodSeconds ?? 0);
    if (pod.metadata.deletionTimestamp && type !== 'DELETED') void worker?.over.then(() => finish(cluster, pod));
  };
  const leave = (pod: Pod, worker: PodWorker | undefined): void => {
    workers.delete(pod.metadata.uid);
    worker?.stop(0);
    void worker?.over.then(() => clearPod(podFolder(folder, pod.metadata.uid)));
  };
  const forget = cluster.store.onChange(hear);
  const logOf = (uid: string, container: string, previous = false): LogFile | undefined => workers.get(uid)?.logOf(container, previous);
  return {
    logOf,
    evict: (pod, message) => workers.get(pod.metadata.uid)?.fail({ reason: 'Evicted', message }),
    rotateLog: (uid, container, keep) => logOf(uid, container)?.rotate(keep),
    async close() {
      forget();
      for (const worker of workers.values()) worker.stop(0);
      await Promise.allSettled([...workers.values()].map(({ over }) => over));
    },
  };
}

// The pod has ended: where it is being deleted, its grace period is over with that.
function finish({ store }: Cluster, pod: Pod): void {
  store.update<Pod>(pods, pod, ({ metadata }) => {
    if (metadata.deletionTimestamp) metadata.deletionGracePeriodSeconds = 0;
  });
}
