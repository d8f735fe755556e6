import { BatchV1Api, CoreV1Api, KubeConfig, type V1Job, type V1Namespace, type V1Pod } from '@kubernetes/client-node';
import type { ClusterSource } from './page/ports.ts';
import type { ClusterSnapshot, ContainerView, JobView, PodView } from './page/types.ts';

export interface RealClusterPage extends ClusterSource {
  /** The host of its API server. */
  readonly server: string;
  /** Deletes the namespaces that this sandbox's bot has made. */
  clean(): Promise<void>;
  stop(): void;
}

/** What a sandbox's bot has in a real cluster, asked every two seconds. */
export function realClusterOnPage(kubeconfig: string, instance: string): RealClusterPage {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const batch = config.makeApiClient(BatchV1Api);
  const labelSelector = `coxswain/instance=${instance}`;
  const listeners = new Set<() => void>();
  let seen: ClusterSnapshot = { namespaces: [] };
  const look = async () => {
    const [namespaces, jobs, pods] = await Promise.all([
      core.listNamespace({ labelSelector }),
      batch.listJobForAllNamespaces({ labelSelector }),
      core.listPodForAllNamespaces({ labelSelector }),
    ]);
    const now = snapshotOf(namespaces.items, jobs.items, pods.items);
    if (JSON.stringify(now) === JSON.stringify(seen)) return;
    seen = now;
    for (const listener of listeners) listener();
  };
  // A cluster that does not answer shows as it was; the bot itself says what is the matter.
  const timer = setInterval(() => void look().catch(() => undefined), 2_000);
  return {
    server: new URL(config.getCurrentCluster()?.server ?? 'http://localhost').hostname,
    snapshot: () => seen,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async clean() {
      const { items } = await core.listNamespace({ labelSelector });
      for (const { metadata } of items) await core.deleteNamespace({ name: metadata?.name ?? '' });
    },
    stop: () => clearInterval(timer),
  };
}

function snapshotOf(namespaces: V1Namespace[], jobs: V1Job[], pods: V1Pod[]): ClusterSnapshot {
  const own = <T extends V1Job | V1Pod>(items: T[], name: string) => items.filter((item) => item.metadata?.namespace === name);
  return {
    namespaces: namespaces.map(({ metadata, status }) => ({
      name: metadata?.name ?? '',
      phase: status?.phase === 'Terminating' ? 'Terminating' : 'Active',
      jobs: own(jobs, metadata?.name ?? '').map(jobView),
      pods: own(pods, metadata?.name ?? '').map(podView),
    })),
  };
}

function jobView({ metadata, status }: V1Job): JobView {
  const end = status?.conditions?.find(({ type, status: is }) => is === 'True' && (type === 'Complete' || type === 'Failed'));
  const state = end ? (end.type === 'Complete' ? 'complete' : 'failed') : (status?.active ?? 0) > 0 ? 'running' : 'waiting';
  const created = metadata?.creationTimestamp?.toISOString() ?? '';
  return { name: metadata?.name ?? '', state, created, ...(end?.reason ? { reason: end.reason } : {}) };
}

function podView({ metadata, spec, status }: V1Pod): PodView {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const unscheduled = status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  const reason = status?.reason ?? unscheduled?.reason;
  const message = status?.message ?? unscheduled?.message;
  return {
    name: metadata?.name ?? '',
    phase: (status?.phase ?? 'Unknown') as PodView['phase'],
    ...(spec?.nodeName ? { node: spec.nodeName } : {}),
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
    containers: statuses.map(({ name, state }): ContainerView => {
      const why = state?.waiting?.reason ?? state?.terminated?.reason;
      const code = state?.terminated?.exitCode;
      const kind = state?.running ? 'running' : state?.terminated ? 'terminated' : 'waiting';
      return { name, state: kind, ...(why ? { reason: why } : {}), ...(code === undefined ? {} : { exitCode: code }) };
    }),
  };
}
