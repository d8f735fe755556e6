/**
 * The Kubernetes stand-in: the API over plain HTTP on loopback, as far as coxswain uses it, with the controllers behind it, one node with GPUs
 * that do nothing, and containers that are local processes in a scratch folder. State is in memory and ends with it.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { serve } from './api/server.ts';
import type { Cluster, Denied, NodeLogs, Program, Settings, Timing } from './cluster.ts';
import { runClaimController } from './controllers/claims.ts';
import { runDeploymentController } from './controllers/deployments.ts';
import { eventRecorder } from './controllers/events.ts';
import { runGarbageCollector } from './controllers/garbage.ts';
import { runJobController } from './controllers/jobs.ts';
import { runNamespaceController } from './controllers/namespaces.ts';
import { runQuotaController } from './controllers/quotas.ts';
import { runScheduler } from './controllers/scheduler.ts';
import { furnishCluster } from './furnish.ts';
import { kubeconfig } from './kubeconfig.ts';
import { notFound } from './model/errors.ts';
import type { Pod } from './model/pods.ts';
import { pods } from './model/resources.ts';
import { Store } from './model/store.ts';
import { runKubelet } from './node/kubelet.ts';
import { type ClusterSnapshot, snapshot } from './snapshot.ts';

export interface KubernetesOptions {
  /** Everything is written under it; made where it is missing, its scratch parts emptied at start. */
  folder: string;
  /** 0 or nothing: any free port. */
  port?: number;
  host?: string;
  gpus?: number;
  /** The node's name of a registry (`localhost:32000`) → the http base URL to pull from; `*` for every other name. */
  registries: Readonly<Record<string, string>>;
  programs?: readonly Program[];
  /** Set in every container; its PATH is where programs of this machine are found. */
  containerEnv?: Readonly<Record<string, string>>;
  /** What the asking account may not do. */
  denied?: readonly Denied[];
  /** Milliseconds; see Timing. */
  timing?: Partial<Timing>;
  /** Bytes of a container's log that are kept; 10 MiB. */
  logLimit?: number;
  log?: (line: string) => void;
}

export interface Kubernetes {
  readonly url: string;
  /** YAML text. */
  readonly kubeconfig: string;
  snapshot(): ClusterSnapshot;
  /** Tells of every change in the cluster, at most once in a turn of the event loop. */
  onChange(listener: () => void): () => void;
  /** Ends all watches, followed logs and commands, cleanly or by cutting their connections. */
  breakWatches(abruptly?: boolean): void;
  /** Makes every earlier resourceVersion too old: watches from there get 410. */
  expireHistory(): void;
  /** The API server goes away for `milliseconds` and comes back at its port; pods run on. */
  restart(milliseconds?: number): Promise<void>;
  /** Ends a pod as a node under pressure does: phase Failed, reason Evicted. */
  evictPod(namespace: string, name: string, message?: string): void;
  /** Cuts a container's log down to its last `keep` lines. */
  rotateLog(namespace: string, pod: string, container: string, keep: number): void;
  /** From now on the node gives its logs in that way. */
  giveLogs(how: Partial<NodeLogs>): void;
  /** Kills all containers and goes away. */
  close(): Promise<void>;
}

const realTiming: Timing = {
  imageBackOff: 10_000,
  imageBackOffShown: 1_000,
  crashBackOff: 10_000,
  volumeRetry: 1_000,
  jobBackOff: 10_000,
  bookmark: 10_000,
};

export async function startKubernetes(options: KubernetesOptions): Promise<Kubernetes> {
  const settings = settingsOf(options);
  for (const part of ['images', 'pods', 'claims']) await rm(join(settings.folder, part), { recursive: true, force: true });
  await mkdir(settings.folder, { recursive: true });
  const store = new Store();
  const cluster: Cluster = { store, settings, events: eventRecorder(store, settings.nodeName), log: options.log ?? (() => undefined) };
  const kubelet = runKubelet(cluster);
  const controllers = [
    runJobController,
    runGarbageCollector,
    runNamespaceController,
    runClaimController,
    runDeploymentController,
    runQuotaController,
    runScheduler,
  ].map((run) => run(cluster));
  furnishCluster(cluster);
  const api = await serve(cluster, kubelet, options.host ?? '127.0.0.1', options.port ?? 0);
  const podNamed = (namespace: string, name: string): Pod => {
    const pod = store.get<Pod>(pods, namespace, name);
    if (!pod) throw notFound(pods, name);
    return pod;
  };
  return {
    url: api.url,
    kubeconfig: kubeconfig(api.url),
    snapshot: () => snapshot(cluster),
    onChange: (listener) => oncePerTurn(store, listener),
    breakWatches: api.breakWatches,
    expireHistory: () => store.expireHistory(),
    restart: api.restart,
    evictPod: (namespace, name, message = 'The node was low on resource: memory.') => kubelet.evict(podNamed(namespace, name), message),
    rotateLog: (namespace, pod, container, keep) => kubelet.rotateLog(podNamed(namespace, pod).metadata.uid, container, keep),
    giveLogs: (how) => void Object.assign(settings.nodeLogs, how),
    async close() {
      for (const stop of controllers) stop();
      await Promise.all([kubelet.close(), api.close()]);
    },
  };
}

const settingsOf = ({
  folder,
  gpus = 2,
  registries,
  programs = [],
  containerEnv = {},
  denied = [],
  timing,
  logLimit,
}: KubernetesOptions): Settings => ({
  folder: resolve(folder),
  gpus,
  nodeName: 'node-1',
  registries,
  programs,
  containerEnv,
  denied: denied satisfies readonly Denied[],
  timing: { ...realTiming, ...timing },
  logLimit: logLimit ?? 10 * 1024 * 1024,
  nodeLogs: { zone: 0 },
});

function oncePerTurn(store: Store, listener: () => void): () => void {
  let due = false;
  return store.onChange(() => {
    if (due) return;
    due = true;
    setImmediate(() => {
      due = false;
      listener();
    });
  });
}
