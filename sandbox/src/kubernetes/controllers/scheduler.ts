/** The scheduler: one node, whose GPUs are the only resource that runs out; says why a pod does not fit, in the real one's words. */
import type { Cluster } from '../cluster.ts';
import type { Condition, NodeObject, PersistentVolumeClaim } from '../model/objects.ts';
import { isOver, type Pod } from '../model/pods.ts';
import { quantity } from '../model/quantity.ts';
import { claims, nodes, pods } from '../model/resources.ts';
import { now } from '../model/time.ts';
import { claimsOf } from './claims.ts';
import { podResources } from './quota.ts';
import { WorkQueue } from './workqueue.ts';

const by = 'default-scheduler';
const gpu = 'nvidia.com/gpu';
const everyone = 'everyone';

const unresolvable = 'Preemption is not helpful for scheduling';

/** Starts the scheduler; gives back what stops it. */
export function runScheduler(cluster: Cluster): () => void {
  const { store } = cluster;
  const queue = new WorkQueue((key) => {
    const waiting = store.list<Pod>(pods).filter(waits);
    for (const pod of waiting) if (key === everyone || pod.metadata.uid === key || wants(pod, key)) place(cluster, pod);
  }, cluster.log);
  const forget = store.onChange(({ resource, object, type, previous }) => {
    if (resource === claims) queue.add(`${object.metadata.namespace}/${object.metadata.name}`);
    if (resource === nodes) queue.add(everyone);
    if (resource !== pods) return;
    // A pod that did not fit is tried again only where something has become free.
    const ends = type === 'DELETED' || (isOver(object as Pod) && previous !== undefined && !isOver(previous as Pod));
    if (ends && (object as Pod).spec.nodeName) queue.add(everyone);
    else if (type === 'ADDED') queue.add(object.metadata.uid);
  });
  return () => {
    forget();
    queue.close();
  };
}

const wants = (pod: Pod, claim: string): boolean => claimsOf(pod).some((name) => `${pod.metadata.namespace}/${name}` === claim);

const waits = ({ spec, metadata, status }: Pod): boolean => !spec.nodeName && !metadata.deletionTimestamp && status.phase === 'Pending';

function place(cluster: Cluster, pod: Pod): void {
  const node = cluster.store.list<NodeObject>(nodes)[0];
  const problem = node ? (claimProblem(cluster, pod) ?? nodeProblem(cluster, pod, node)) : 'no nodes available to schedule pods';
  if (problem) refuse(cluster, pod, problem);
  else if (node) assign(cluster, pod, node.metadata.name);
}

function assign({ store, events }: Cluster, pod: Pod, name: string): void {
  const observedGeneration = pod.metadata.generation ?? 1;
  const bound = store.update<Pod>(pods, pod, ({ spec, status }) => {
    spec.nodeName = name;
    status.conditions = [{ type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: now(), observedGeneration }];
  });
  const message = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${name}`;
  if (bound) events.record(bound, { type: 'Normal', reason: 'Scheduled', message, by });
}

function refuse({ store, events }: Cluster, pod: Pod, message: string): void {
  const earlier = pod.status.conditions?.find(({ type }) => type === 'PodScheduled');
  const marked = store.update<Pod>(pods, pod, ({ status }) => {
    const lastTransitionTime = earlier?.lastTransitionTime ?? now();
    const observedGeneration = pod.metadata.generation ?? 1;
    const refused: Condition = {
      type: 'PodScheduled',
      observedGeneration,
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastProbeTime: null,
      lastTransitionTime,
    };
    status.conditions = [refused];
  });
  events.record(marked ?? pod, { type: 'Warning', reason: 'FailedScheduling', message, by });
}

function claimProblem({ store }: Cluster, pod: Pod): string | undefined {
  for (const name of claimsOf(pod)) {
    const claim = store.get<PersistentVolumeClaim>(claims, pod.metadata.namespace, name);
    if (!claim) return unclaimed(`persistentvolumeclaim "${name}" not found`);
    if (claim.metadata.deletionTimestamp) return unclaimed(`persistentvolumeclaim "${name}" is being deleted`);
    if (claim.status.phase !== 'Bound') return unclaimed('pod has unbound immediate PersistentVolumeClaims');
  }
  return undefined;
}

function nodeProblem({ store }: Cluster, pod: Pod, node: NodeObject): string | undefined {
  if (node.spec.unschedulable) return unfit('1 node(s) were unschedulable', unresolvable);
  const labels = node.metadata.labels ?? {};
  const elsewhere = Object.entries(pod.spec.nodeSelector ?? {}).some(([key, value]) => labels[key] !== value);
  if (elsewhere) return unfit("1 node(s) didn't match Pod's node affinity/selector", unresolvable);
  const allocatable = quantity(node.status.allocatable[gpu]);
  const wanted = gpusOf(pod);
  if (wanted > allocatable) return unfit(`1 Insufficient ${gpu}`, unresolvable);
  const taken = store
    .list<Pod>(pods)
    .filter((one) => one.spec.nodeName && !isOver(one))
    .map(gpusOf);
  const free = allocatable - taken.reduce((sum, one) => sum + one, 0);
  return wanted > free ? unfit(`1 Insufficient ${gpu}`, 'No preemption victims found for incoming pod') : undefined;
}

const gpusOf = ({ spec }: Pod): number => podResources(spec, 'requests')[gpu] ?? 0;

// The words of 1.36, the parts about claims to deallocate and "not found" too: they stand where plugins after the filters have their say.
const unfit = (reason: string, preemption: string): string =>
  `0/1 nodes are available: ${reason}. no new claims to deallocate, preemption: 0/1 nodes are available: 1 ${preemption}.`;

const unclaimed = (reason: string): string => `0/1 nodes are available: ${reason}. not found`;
