import type { ClusterEvent, ContainerView, JobView, PodView } from '../core/cluster.ts';

/** Why a container cannot start, as the kubelet names it; what all of them have in common is that they do not pass by waiting. */
const stuckReasons = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

/** A container that cannot start, if there is one. */
export function stuckContainer(pod: PodView): ContainerView | undefined {
  return pod.containers.find((container) => container.state === 'waiting' && stuckReasons.has(container.reason ?? ''));
}

/**
 * Why a stage has not started, in words; undefined where nothing speaks of a reason (yet).
 * @param events those of the Job and of its pod
 */
export function waitingReason(job: JobView | undefined, pod: PodView | undefined, events: readonly ClusterEvent[]): string | undefined {
  if (!pod) return job ? noPod(events) : undefined;
  const stuck = stuckContainer(pod);
  if (stuck) return stuckWords(stuck, events);
  const scheduled = pod.conditions.find((condition) => condition.type === 'PodScheduled');
  if (!pod.node && scheduled?.status === 'False')
    return `waits for a node: ${schedulingWords(scheduled.message ?? scheduled.reason ?? '')}`;
  const mount = events.findLast((event) => event.reason === 'FailedMount' || event.reason === 'FailedAttachVolume');
  if (mount) return `a volume cannot be mounted: ${mount.message}`;
  const sandbox = events.findLast((event) => event.reason === 'FailedCreatePodSandBox');
  return sandbox ? `the node cannot make the pod: ${sandbox.message}` : undefined;
}

function noPod(events: readonly ClusterEvent[]): string | undefined {
  const refused = events.findLast((event) => event.reason === 'FailedCreate');
  if (!refused) return undefined;
  const message = refused.message.replace(/^Error creating: /, '');
  const quota = /exceeded quota: ([^,]+), requested: (.+), used: (.+), limited: (.+)$/.exec(message);
  if (quota) return `no pod may start: quota ${quota[1]} is used up (asks for ${quota[2]}, used ${quota[3]} of ${quota[4]})`;
  const security = /violates PodSecurity "([^"]+)": (.+)$/.exec(message);
  if (security) return `no pod may start: PodSecurity "${security[1]}" forbids it (${security[2]})`;
  return `no pod may start: ${message}`;
}

function stuckWords(container: ContainerView, events: readonly ClusterEvent[]): string {
  // The status says only "Back-off pulling image"; the reason stands in the event of the attempt before.
  const failed = events.findLast((event) => event.reason === 'Failed' && event.message.startsWith('Failed to pull image'));
  const detail = container.reason === 'ImagePullBackOff' && failed ? failed.message : (container.message ?? '');
  const what = /Image/.test(container.reason ?? '') ? 'its image cannot be pulled' : 'its container cannot be made';
  return `${container.name}: ${what} (${container.reason}${detail ? `: ${detail}` : ''})`;
}

/**
 * The scheduler's message in words: `0/3 nodes are available: 2 Insufficient nvidia.com/gpu, 1 node(s) had untolerated taint {x: }. preemption: …`
 * → `none of 3 nodes fits: 2 have too few free nvidia.com/gpu, 1 had untolerated taint {x: }`.
 */
export function schedulingWords(message: string): string {
  const match = /^0\/(\d+) nodes are available: (.*)$/s.exec(message.trim());
  if (!match) return message.trim();
  const [, nodes, rest = ''] = match;
  const reasons = (rest.split(/\.? preemption: /)[0] ?? '').replace(/\.$/, '').split(/, (?=\d+ )/);
  const words = reasons.map((reason) =>
    reason
      .replace(/^(\d+) Insufficient (\S+)$/, (_all, n, what) => `${n} ${n === '1' ? 'has' : 'have'} too little free ${what}`)
      .replace(/^(\d+) node\(s\) /, '$1 '),
  );
  return `${nodes === '1' ? 'the only node does not fit' : `none of ${nodes} nodes fits`}: ${words.join(', ')}`;
}
