import { messageOf } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { type ClusterPermission, permissions } from '../permissions.ts';

/** The part of the cluster that tells what the bot may do. */
export interface Rights {
  allowed(
    verb: string,
    group: string,
    resource: string,
    namespace?: string,
    subresource?: string,
    name?: string,
  ): Promise<{ allowed: boolean; reason: string }>;
}

/** Whether the bot has the permissions it needs, checked per verb, and per name where limited to names (SelfSubjectAccessReview). */
export async function rightsFindings(cluster: Rights, needed: readonly ClusterPermission[] = permissions): Promise<Finding[]> {
  const asked = needed.flatMap((permission) =>
    permission.verbs.flatMap((verb) => (permission.names ?? [undefined]).map((name) => ({ verb, permission, name }))),
  );
  try {
    const found = await Promise.all(asked.map(({ verb, permission, name }) => refusal(cluster, verb, permission, name)));
    const missing = found.filter((finding) => finding !== undefined);
    if (missing.length > 0) return missing;
  } catch (error) {
    const next = 'Check the connection to the cluster: KUBECONFIG, or the service account of the pod.';
    return [{ about: 'Cluster: rights', state: 'failed', evidence: `the API server did not answer: ${messageOf(error)}`, next }];
  }
  return [{ about: 'Cluster: rights', state: 'ok', evidence: `all ${asked.length} required rights are granted` }];
}

async function refusal(
  cluster: Rights,
  verb: string,
  { group, resource, why }: ClusterPermission,
  name: string | undefined,
): Promise<Finding | undefined> {
  const [kind = resource, subresource] = resource.split('/');
  const { allowed, reason } = await cluster.allowed(verb, group, kind, undefined, subresource, name);
  if (allowed) return undefined;
  return {
    about: 'Cluster: rights',
    state: 'failed',
    evidence: `may not ${verb} ${resource}${group ? ` of ${group}` : ''}${name ? ` named ${name}` : ''} in all namespaces, and ${why}${reason ? ` (${reason})` : ''}`,
    next: 'Bind the ClusterRole of manifests/bot/rbac.yaml to the account of the bot.',
  };
}
