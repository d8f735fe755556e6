/** Who may do what: everything but what the settings deny; SelfSubjectAccessReview (authorization.k8s.io/v1) answers the same. */
import type { Cluster, Denied } from '../cluster.ts';
import { StatusError } from '../model/errors.ts';
import type { ObjectInput } from '../model/objects.ts';

const user = 'system:serviceaccount:sandbox:coxswain';

interface Act {
  verb: string;
  group: string;
  resource: string;
  namespace?: string | undefined;
}

const covers = (rule: Denied, act: Act): boolean =>
  (['verb', 'group', 'resource', 'namespace'] as const).every((part) => rule[part] === undefined || rule[part] === act[part]);

const denied = ({ settings }: Cluster, act: Act): boolean => settings.denied.some((rule) => covers(rule, act));

/** Throws 403 where the settings deny `act`, in the words of the RBAC authorizer. */
export function authorize(cluster: Cluster, act: Act, name?: string): void {
  if (!denied(cluster, act)) return;
  const [plural = '', ...parts] = act.resource.split('/');
  const qualified = [act.group ? `${plural}.${act.group}` : plural, ...parts].join('/');
  const where = act.namespace ? `in the namespace "${act.namespace}"` : 'at the cluster scope';
  const about = name ? `${qualified} "${name}" is forbidden` : `${qualified} is forbidden`;
  const message = `${about}: User "${user}" cannot ${act.verb} resource "${act.resource}" in API group "${act.group}" ${where}`;
  throw new StatusError(403, 'Forbidden', message, { ...(name && { name }), ...(act.group && { group: act.group }), kind: plural });
}

interface ReviewSpec {
  resourceAttributes?: { verb?: string; group?: string; resource?: string; subresource?: string; namespace?: string };
}

/** The review with its answer. */
export function review(cluster: Cluster, input: ObjectInput): ObjectInput {
  const { verb = '', group = '', resource = '', subresource, namespace } = (input.spec as ReviewSpec | undefined)?.resourceAttributes ?? {};
  const act = { verb, group, resource: subresource ? `${resource}/${subresource}` : resource, namespace: namespace || undefined };
  const refused = denied(cluster, act);
  const { metadata = {} } = input;
  return { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', ...input, metadata, status: { allowed: !refused } };
}
