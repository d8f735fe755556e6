/** What is in the cluster, small enough for a page: namespaces with their Jobs, pods and claims; the node and its GPUs. */
import type { Cluster } from './cluster.ts';
import { podResources } from './controllers/quota.ts';
import type { Namespace, PersistentVolumeClaim } from './model/objects.ts';
import { type ContainerStatus, isOver, type Job, type Pod } from './model/pods.ts';
import { claims, jobs, namespaces, pods } from './model/resources.ts';

interface ContainerView {
  name: string;
  state: 'waiting' | 'running' | 'terminated';
  /** Why it waits, or how it ended; empty while it runs. */
  reason: string;
  exitCode: number | undefined;
}

interface PodView {
  name: string;
  job: string | undefined;
  phase: string;
  /** Why it is not running: from the pod, its scheduling, or its first container with a reason; empty where there is none. */
  reason: string;
  message: string;
  containers: ContainerView[];
}

interface JobView {
  name: string;
  state: 'waiting' | 'active' | 'complete' | 'failed';
  reason: string;
  createdAt: string;
}

interface NamespaceView {
  name: string;
  phase: string;
  jobs: JobView[];
  pods: PodView[];
  claims: { name: string; phase: string; size: string }[];
}

export interface ClusterSnapshot {
  node: { gpusUsed: number };
  /** Without those that every cluster has. */
  namespaces: NamespaceView[];
}

const hidden = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

const gpusOf = ({ spec }: Pod): number => podResources(spec, 'requests')['nvidia.com/gpu'] ?? 0;

export function snapshot({ store }: Cluster): ClusterSnapshot {
  const bound = store.list<Pod>(pods).filter((pod) => pod.spec.nodeName && !isOver(pod));
  const shown = store.list<Namespace>(namespaces).filter(({ metadata }) => !hidden.has(metadata.name));
  return {
    node: { gpusUsed: bound.reduce((sum, pod) => sum + gpusOf(pod), 0) },
    namespaces: shown.map(({ metadata: { name }, status }) => ({
      name,
      phase: status.phase,
      jobs: store.list<Job>(jobs, name).map(jobView),
      pods: store.list<Pod>(pods, name).map(podView),
      claims: store.list<PersistentVolumeClaim>(claims, name).map((claim) => ({
        name: claim.metadata.name,
        phase: claim.status.phase,
        size: claim.spec.resources?.requests?.storage ?? '',
      })),
    })),
  };
}

function jobView({ metadata, status }: Job): JobView {
  const end = status.conditions?.find(({ type }) => type === 'Complete' || type === 'Failed');
  const ended = end && (end.type === 'Complete' ? 'complete' : 'failed');
  const state = ended ?? ((status.active ?? 0) > 0 ? 'active' : 'waiting');
  return { name: metadata.name, state, reason: end?.reason ?? '', createdAt: metadata.creationTimestamp };
}

function podView(pod: Pod): PodView {
  const { metadata, status } = pod;
  const inits = (status.initContainerStatuses ?? []).map(containerView);
  const containers = [...inits, ...(status.containerStatuses ?? []).map(containerView)];
  const refused = status.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  const telling = containers.find(({ reason }) => reason && !['Completed', 'PodInitializing', 'ContainerCreating'].includes(reason));
  return {
    name: metadata.name,
    job: metadata.labels?.['batch.kubernetes.io/job-name'],
    phase: status.phase,
    reason: status.reason ?? refused?.reason ?? telling?.reason ?? '',
    message: status.message ?? refused?.message ?? '',
    containers,
  };
}

function containerView({ name, state }: ContainerStatus): ContainerView {
  const kind = state.running ? 'running' : state.terminated ? 'terminated' : 'waiting';
  const reason = state.waiting?.reason ?? state.terminated?.reason ?? '';
  return { name, state: kind, reason, exitCode: state.terminated?.exitCode };
}
