import type { Cause } from '../../core/logs.ts';
import { duration } from '../../core/time/duration.ts';

/** Causes of a failure that come from the cluster, not from a log. */

export function interrupted(why: string): Cause {
  return {
    kind: 'interrupted',
    title: `Interrupted: ${why.trim().replace(/\.$/, '')}`,
    excerpt: [],
    next: 'The commit is not to blame. Retry it; if it happens again, check the node (`kubectl describe node`).',
  };
}

/** @param limitMs the limit that was exceeded, if any */
export function neverStarted(why: string, limitMs?: number): Cause {
  const within = limitMs === undefined ? '' : ` within ${duration(limitMs)}`;
  return {
    kind: 'not-started',
    title: `Did not start${within}: ${why.trim().replace(/\.$/, '')}`,
    excerpt: [],
    next: nextFor(why),
  };
}

export function vanished(): Cause {
  return {
    kind: 'interrupted',
    title: 'Interrupted: its Job is gone from the cluster',
    excerpt: [],
    next: 'The Job or its namespace was deleted. A retry starts it again.',
  };
}

export function refused(message: string): Cause {
  return { kind: 'refused', title: `The cluster refused it: ${message}`, excerpt: [], next: nextFor(message) };
}

/** Something that the stage needs has not answered, or has refused, for too long. */
export function unanswered(message: string): Cause {
  return { kind: 'refused', title: `It could not continue for more than an hour: ${message}`, excerpt: [], next: nextFor(message) };
}

export function badTemplate(message: string): Cause {
  return { kind: 'template', title: `The job template cannot be used: ${message}`, excerpt: [], next: 'Fix the template, then retry.' };
}

export function unconfigured(image: string): Cause {
  const title = `The image ${image} is no longer in the configuration of the release`;
  return { kind: 'template', title, excerpt: [], next: 'Add it again and retry it, or run the commit again to release without it.' };
}

/** @param registry name of an external registry in the configuration; absent: the cluster's own */
export function noImage(message: string, registry?: string): Cause {
  const keys = registry === undefined ? 'registry' : `registries.${registry}`;
  return {
    kind: 'registry',
    title: `The push succeeded, but the registry does not have its image: ${message}`,
    excerpt: [],
    next: `Check that \`${keys}.api\` and \`${keys}.push\` are two addresses of the same registry.`,
  };
}

/** A copy that is not the same image as its original. */
export function otherThanTested(image: string, digest: string, tested: string): Cause {
  return {
    kind: 'registry',
    title: `${image} is ${digest}, not the tested image ${tested}`,
    excerpt: [],
    next: 'It was copied, and something else is under its tag now: find out who else pushes to that registry, or what rewrites images there; then retry.',
  };
}

/** `unsaid`: the builder has not named its image; `other`: it has named a different one. */
export interface ImageDoubt {
  readonly kind: 'unsaid' | 'other';
  readonly why: string;
}

/** @param doubt why it may not be the image of this build */
export function doubtfulImage(image: string, doubt: ImageDoubt): Cause {
  if (doubt.kind === 'unsaid') {
    return {
      kind: 'registry',
      title: `The build succeeded, but the image ${image} cannot be verified as its own: ${doubt.why}`,
      excerpt: [],
      next: 'The builder of a custom template must report what it pushed (CONTRIBUTING.md, "A template with its reader"); if the end of the log is missing, retry.',
    };
  }
  return {
    kind: 'registry',
    title: `The image ${image} is not the one that this build pushed: ${doubt.why}`,
    excerpt: [],
    next: 'Somebody else has pushed under its tag. Find out who (if the registry accepts pushes without a password, any pod can); then retry.',
  };
}

function nextFor(why: string): string {
  if (why.includes('ValidatingAdmissionPolicy'))
    return 'Change the template accordingly, or what `manifests/bot/policy.yaml` allows; then retry.';
  if (/cannot (?:create|patch|update|get|list|watch|delete) resource/.test(why))
    return 'Apply `manifests/bot/rbac.yaml` from this version of coxswain; then retry.';
  if (/quota/i.test(why)) return 'Free up resources or raise the quota (`kubectl describe quota -n` the namespace of the run); then retry.';
  if (/PodSecurity/i.test(why))
    return 'Add the annotation `coxswain/pod-security` with the required level to the template, or change the pod.';
  if (/image/i.test(why)) return 'Check the name of the image, the credentials, and that the node can reach its registry; then retry.';
  if (/nvidia\.com\/gpu|\bgpu\b/i.test(why)) return 'Request fewer GPUs in the stage, free some, or add a node with GPUs; then retry.';
  if (/persistentvolumeclaim|volume/i.test(why))
    return 'Check the storage class and the free space of the cluster (`kubectl get pvc,sc`); then retry.';
  return 'Check the events (`kubectl get events -n` the namespace of the run), then retry.';
}
