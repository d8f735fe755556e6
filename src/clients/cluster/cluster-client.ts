import type { Readable } from 'node:stream';
import { type ClusterEvent, type JobView, type KubernetesObject, labels, type PodView } from '../../core/cluster.ts';
import { messageOf } from '../../core/errors.ts';
import type { LogLine } from '../../core/logs.ts';
import { type ExecSource, type Execution, exec } from './exec/exec.ts';
import { packing, unpacked } from './exec/read-file.ts';
import { type ContainerRef, followLog } from './logs/follow-log.ts';
import { Objects } from './objects.ts';
import { eventsOf, job, pod, podsOf } from './read.ts';
import { ApiServer } from './transport/api-server.ts';
import type { PooledKubeConfig } from './transport/kube-config.ts';
import { Reachability } from './transport/reachability.ts';
import { type RawJob, type RawPod, rawJob, rawNamespace, rawPod, rawReview, rawStorageClass, rawVersion } from './watch/raw.ts';
import { Reflector } from './watch/reflector.ts';
import { jobView, podView } from './watch/views.ts';

export interface ClusterOptions {
  readonly kubeConfig: PooledKubeConfig;
  /** Name of this installation: only objects labeled with it are watched and listed. */
  readonly instance: string;
  readonly log: { error(message: string): void };
  /** Receives the `Date` header of each response. */
  readonly heard?: (date: string | null) => void;
}

/** Receives Jobs and pods. `gone`: the object no longer exists. `trouble`: why the cluster is unreachable; undefined when it is back. */
export interface ClusterWatch {
  job(view: JobView, gone: boolean): void;
  pod(view: PodView, gone: boolean): void;
  trouble(message: string | undefined): void;
}

export interface NamespaceView {
  readonly name: string;
  readonly runId?: string;
  readonly runUid?: string;
  /** Active or Terminating. */
  readonly phase: string;
}

export type ClusterClient = ReturnType<typeof clusterClient>;

/** The Kubernetes operations that coxswain needs. Every method throws ClusterError if the API server refuses or is unreachable. */
export function clusterClient({ kubeConfig, instance, log, heard }: ClusterOptions) {
  const api = new ApiServer(kubeConfig, heard);
  const objects = new Objects(api);
  const ofInstance = `${labels.instance}=${instance}`;
  return {
    /** Creates an object; `exists` if one with that name and the same run uid already exists. */
    create: (object: KubernetesObject): Promise<'created' | 'exists'> => objects.create(object),
    /** Server-side apply, for objects that do not belong to a run. */
    apply: (object: KubernetesObject): Promise<void> => objects.apply(object),
    /** Replaces an existing Secret of ours, to update its values. */
    replace: (object: KubernetesObject): Promise<void> => objects.replace(object),
    /** Validates a creation without creating the object (dry run). */
    tryCreate: (object: KubernetesObject): Promise<void> => objects.tryCreate(object),
    deleteJob: (namespace: string, name: string): Promise<void> => objects.deleteJob(namespace, name),
    deletePod: (namespace: string, name: string): Promise<void> => objects.deletePod(namespace, name),
    deleteNamespace: (name: string, runUid: string): Promise<void> => objects.deleteNamespace(name, runUid),
    namespaces: (): Promise<NamespaceView[]> => namespaces(api, ofInstance),
    job: (namespace: string, name: string): Promise<JobView | undefined> => job(api, namespace, name),
    /** The pods of a stage, oldest first. */
    podsOf: (namespace: string, runUid: string, stage: string): Promise<PodView[]> => podsOf(api, namespace, runUid, stage),
    pod: (namespace: string, name: string): Promise<PodView | undefined> => pod(api, namespace, name),
    /** Watches all Jobs and pods of this installation until `stop`; `synced` resolves when the existing ones have been reported. */
    watch: (on: ClusterWatch) => watch(api, ofInstance, on, log),
    /** The events about one object, oldest first. */
    eventsOf: (namespace: string, uid: string): Promise<ClusterEvent[]> => eventsOf(api, namespace, uid),
    followLog: (at: ContainerRef, signal: AbortSignal): AsyncIterable<LogLine> => followLog(api, at, signal),
    /** Runs a command in a running container. */
    exec: (at: ExecSource, signal: AbortSignal): Execution => exec(kubeConfig, at, signal),
    /** Streams the file at an absolute path in a running container that has tar. Fails with ClusterError if it is incomplete. */
    readFile: (at: Omit<ExecSource, 'command'>, path: string, signal: AbortSignal): Readable =>
      unpacked(path, exec(kubeConfig, { ...at, command: packing(path) }, signal)),
    /** Whether our credentials allow it, and why (SelfSubjectAccessReview). Without a namespace: in all of them; without a name: all. */
    allowed: (verb: string, group: string, resource: string, namespace?: string, subresource?: string, name?: string) =>
      allowed(api, { verb, group, resource, namespace, subresource, name }),
    storageClasses: (): Promise<{ name: string; default: boolean }[]> => storageClasses(api),
    /** e.g. `v1.36.3` */
    version: async (): Promise<string> => {
      const { gitVersion } = await api.json({ doing: 'read its version', path: '/version' }, rawVersion);
      return gitVersion;
    },
    /** Closes every connection. */
    close: (): Promise<void> => kubeConfig.close(),
  };
}

const ofJobs = { kind: 'Job', path: '/apis/batch/v1/jobs', schema: rawJob, view: jobView };
const ofPods = { kind: 'Pod', path: '/api/v1/pods', schema: rawPod, view: podView };

function watch(
  api: ApiServer,
  labelSelector: string,
  on: ClusterWatch,
  log: ClusterOptions['log'],
): { synced: Promise<void>; stop(): void } {
  const reachability = new Reachability((message) => on.trouble(message));
  const failed = (error: unknown) =>
    log.error(`A listener to the cluster failed: ${error instanceof Error ? error.stack : messageOf(error)}`);
  const follow = (what: string) => ({
    what,
    labelSelector,
    failed,
    up: () => reachability.up(what),
    down: (message: string) => reachability.down(what, message),
  });
  const jobs = new Reflector<RawJob, JobView>(api, {
    ...follow('Jobs'),
    ...ofJobs,
    seen: (view, gone) => on.job(view, gone),
  });
  const pods = new Reflector<RawPod, PodView>(api, {
    ...follow('pods'),
    ...ofPods,
    seen: (view, gone) => on.pod(view, gone),
  });
  const both = [jobs.start(), pods.start()];
  return {
    synced: Promise.all(both.map(({ synced }) => synced)).then(() => {}),
    stop() {
      for (const one of both) one.stop();
      reachability.stop();
    },
  };
}

async function namespaces(api: ApiServer, labelSelector: string): Promise<NamespaceView[]> {
  const ask = { doing: 'list namespaces', path: '/api/v1/namespaces', query: { labelSelector } };
  const { items } = await api.list(ask, 'Namespace', rawNamespace);
  return items.map(({ metadata, status }) => {
    const { [labels.run]: runId, [labels.runUid]: runUid } = metadata.labels ?? {};
    const phase = metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? 'Active');
    return { name: metadata.name, ...(runId !== undefined && { runId }), ...(runUid !== undefined && { runUid }), phase };
  });
}

async function allowed(
  api: ApiServer,
  resourceAttributes: Readonly<Record<string, string | undefined>>,
): Promise<{ allowed: boolean; reason: string }> {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } };
  const { status } = await api.json({ doing: 'say what is allowed', method: 'POST', path, body }, rawReview);
  return { allowed: status.allowed, reason: status.reason || status.evaluationError || '' };
}

async function storageClasses(api: ApiServer): Promise<{ name: string; default: boolean }[]> {
  const ask = { doing: 'list storage classes', path: '/apis/storage.k8s.io/v1/storageclasses' };
  const { items } = await api.list(ask, 'StorageClass', rawStorageClass);
  return items.map(({ metadata }) => ({
    name: metadata.name,
    default: metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true',
  }));
}
