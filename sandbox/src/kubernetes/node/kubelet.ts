/** The node: takes up the pods that are assigned to it, ends those that are deleted, and keeps their logs while they are there. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../cluster.ts';
import type { Pod } from '../model/pods.ts';
import { claims, pods } from '../model/resources.ts';
import type { StoreEvent } from '../model/store.ts';
import type { ExecSource } from './exec.ts';
import { nodeImages } from './images.ts';
import type { LogFile } from './log-file.ts';
import type { LogSource } from './log-source.ts';
import { type PodWorker, startPod } from './pod-worker.ts';

export interface Kubelet extends LogSource, ExecSource {
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
  const take = taker(cluster, workers);
  const forget = cluster.store.onChange((event) => {
    const { resource, object, type } = event;
    if (resource === claims && type === 'DELETED') void clear(claimFolder(cluster, object.metadata.uid));
    if (resource === pods) hear(cluster, workers, take, event);
  });
  const logOf = (uid: string, container: string, previous = false): LogFile | undefined => workers.get(uid)?.logOf(container, previous);
  return {
    logOf,
    execIn: (uid, container) => workers.get(uid)?.execIn(container),
    evict: (pod, message) => workers.get(pod.metadata.uid)?.fail({ reason: 'Evicted', message }),
    rotateLog: (uid, container, keep) => logOf(uid, container)?.rotate(keep),
    async close() {
      forget();
      for (const worker of workers.values()) worker.stop(0);
      await Promise.allSettled([...workers.values()].map(({ over }) => over));
    },
  };
}

type Workers = Map<string, PodWorker>;

/** Takes up a pod of this node, once. */
function taker(cluster: Cluster, workers: Workers): (pod: Pod) => void {
  const images = nodeImages(cluster.settings);
  let address = 1;
  return (pod) => {
    const { uid, name } = pod.metadata;
    if (workers.has(uid)) return;
    address += 1;
    const podIP = `10.1.${(address >> 8) & 255}.${address & 255}`;
    const place = { folder: podFolder(cluster, uid), claims: claimFolder(cluster, ''), podIP };
    const worker = startPod(cluster, images, pod, place);
    workers.set(uid, worker);
    worker.over.then(() => finish(cluster, pod)).catch((error: unknown) => cluster.log(`kubelet: ${name}: ${error}`));
  };
}

function hear(cluster: Cluster, workers: Workers, take: (pod: Pod) => void, { object, type }: StoreEvent): void {
  const pod = object as Pod;
  const { uid, deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata;
  if (type !== 'DELETED' && !deletionTimestamp && pod.spec.nodeName === cluster.settings.nodeName) take(pod);
  const worker = workers.get(uid);
  if (type === 'DELETED') {
    workers.delete(uid);
    worker?.stop(0);
    void worker?.over.then(() => clear(podFolder(cluster, uid)));
  } else if (deletionTimestamp) {
    worker?.stop(deletionGracePeriodSeconds);
    void worker?.over.then(() => finish(cluster, pod));
  }
}

const podFolder = ({ settings }: Cluster, uid: string): string => join(settings.folder, 'pods', uid);
const claimFolder = ({ settings }: Cluster, uid: string): string => join(settings.folder, 'claims', uid);
const clear = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

// The pod has ended: where it is being deleted, its grace period is over with that.
function finish({ store }: Cluster, pod: Pod): void {
  store.update<Pod>(pods, pod, ({ metadata }) => {
    if (metadata.deletionTimestamp) metadata.deletionGracePeriodSeconds = 0;
  });
}
