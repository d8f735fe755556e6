import type { ClusterEvent, ContainerView, JobView, PodView } from '../../core/cluster.ts';

/** Reasons of the kubelet why a container cannot start; none of them is likely to resolve by waiting. */
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
 * Why a stage has not started, in words; undefined if no reason is known (yet).
 * @param events those of the Job and of its pod
 * @param gpus how many the stage requests
 */
export function waitingReason(
  job: JobView | undefined,
  pod: PodView | undefined,
  events: readonly ClusterEvent[],
  gpus: number,
): string | undefined {
  if (!pod) return job ? noPod(events) : undefined;
  const stuck = stuckContainer(pod);
  if (stuck) return stuckWords(stuck, events);
  const scheduled = pod.conditions.find((condition) => condition.type === 'PodScheduled');
  if (!pod.node && scheduled?.status === 'False') {
    const why = schedulingWords(scheduled.message ?? scheduled.reason ?? '');
    return `${why}${gpus > 0 && /\bgpu\b/.test(why) ? ` (the stage requests ${gpus})` : ''}`;
  }
  const mount = events.findLast((event) => event.reason === 'FailedMount' || event.reason === 'FailedAttachVolume');
  if (mount) return `a volume cannot be mounted: ${mount.message}`;
  const sandbox = events.findLast((event) => event.reason === 'FailedCreatePodSandBox');
  return sandbox ? `the node cannot create the pod: ${sandbox.message}` : undefined;
}

function noPod(events: readonly ClusterEvent[]): string | undefined {
  const refused = events.findLast((event) => event.reason === 'FailedCreate');
  if (!refused) return undefined;
  const message = refused.message.replace(/^Error creating: /, '');
  const quota = quotaIn(message);
  if (quota) return `no pod can start: quota ${quota.name} is used up (${quotaWords(quota.requested, quota.used, quota.limited)})`;
  const security = /violates PodSecurity "([^"]+)": /.exec(message);
  if (security) {
    const why = message.slice(security.index + security[0].length);
    return `no pod can start: PodSecurity "${security[1]}" forbids it (${why})`;
  }
  return `no pod can start: ${message}`;
}

/** The parts of `exceeded quota: x, requested: pods=1, used: pods=3, limited: pods=3`, if a message has all of them. */
function quotaIn(message: string): { name: string; requested: string; used: string; limited: string } | undefined {
  const marks = ['exceeded quota: ', ', requested: ', ', used: ', ', limited: '];
  let rest = message;
  const parts = marks.map((mark) => {
    const at = rest.indexOf(mark);
    const part = rest.slice(0, Math.max(0, at));
    rest = at < 0 ? '' : rest.slice(at + mark.length);
    return at < 0 ? undefined : part;
  });
  const [, name, requested, used] = parts;
  return name && requested && used && rest ? { name, requested, used, limited: rest } : undefined;
}

/** `pods=1`, `pods=3`, `pods=3` → `requests pods=1, used 3 of 3`; several resources keep their names. */
function quotaWords(asked = '', used = '', limit = ''): string {
  const amount = (list: string) => (asked.includes(',') ? list : list.replace(/^[^=]*=/, ''));
  return `requests ${asked}, used ${amount(used)} of ${amount(limit)}`;
}

function stuckWords(container: ContainerView, events: readonly ClusterEvent[]): string {
  // The status only says "Back-off pulling image"; the reason is in the event of the previous attempt.
  const failed = events.findLast((event) => event.reason === 'Failed' && event.message.startsWith('Failed to pull image'));
  const detail = container.reason === 'ImagePullBackOff' && failed ? failed.message : (container.message ?? '');
  const isImage = /Image/.test(container.reason ?? '');
  const what = isImage ? 'its image cannot be pulled' : 'its container cannot be created';
  const why = isImage ? pullWords(detail) : detail;
  return `${container.name}: ${what} (${container.reason}${why ? `: ${why}` : ''})`;
}

/**
 * containerd's error for a pull, without the repetitions: `rpc error: code = NotFound desc = failed to pull and unpack image "x:1": failed
 * to resolve reference "x:1": x:1: not found` → `x:1: not found`.
 */
function pullWords(detail: string): string {
  const image = /image "([^"]+)"/.exec(detail)?.[1];
  const why = detail
    .replace(/^(Failed to pull|Back-off pulling) image "[^"]*": /, '')
    .replace(/^(ErrImagePull: )?rpc error: code = \w+ desc = /, '')
    .replace(/^failed to pull and unpack image "[^"]*": /, '')
    .replace(/^failed to resolve reference "[^"]*": /, '');
  return image === undefined || why.includes(image) ? why : `${image}: ${why}`;
}

/**
 * The scheduler's message in words: `0/3 nodes are available: 2 Insufficient nvidia.com/gpu, 1 node(s) had untolerated taint {x: }. no new claims
 * to deallocate, preemption: …` → `none of 3 nodes fits: 2 have too little free nvidia.com/gpu, 1 had untolerated taint {x: }`.
 */
export function schedulingWords(message: string): string {
  const match = /^0\/(\d+) nodes are available: (.*)$/s.exec(message.trim());
  if (!match) return message.trim();
  const [, nodes, rest = ''] = match;
  // The nodes' reasons are followed by sentences about preemption.
  const reasons = (rest.split(/\.(?:\s|$)/)[0] ?? '').split(/, (?=\d+ )/);
  const words = reasons.map((reason) =>
    reason
      .replace(/^(\d+) Insufficient (\S+)$/, (_all, n, what) => `${n} ${n === '1' ? 'has' : 'have'} too little free ${what}`)
      .replace(/^(\d+) node\(s\) /, '$1 '),
  );
  if (nodes !== '1') return `none of ${nodes} nodes fits: ${words.join(', ')}`;
  return words.every((word) => word.startsWith('1 '))
    ? `the only node ${words.map((word) => word.slice(2)).join(', ')}`
    : `the only node does not fit: ${words.join(', ')}`;
}
