/** What may become a pod: its service account must be there, and its namespace's PodSecurity level must allow it. */
import type { Cluster } from '../cluster.ts';
import { forbidden } from '../model/errors.ts';
import type { Namespace } from '../model/objects.ts';
import type { Pod } from '../model/pods.ts';
import { namespaces, pods, serviceAccounts } from '../model/resources.ts';
import { violations } from './pod-security.ts';

/** Throws 403 where `pod` is not admitted. The account is looked up before a name is generated, so the base of the name is shown. */
export function admitPod({ store }: Cluster, pod: Pod, generateName?: string): void {
  const { name, namespace = '' } = pod.metadata;
  const account = pod.spec.serviceAccountName ?? 'default';
  if (!store.get(serviceAccounts, namespace, account)) {
    const why = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
    throw forbidden(pods, generateName || name, why);
  }
  const labels = store.get<Namespace>(namespaces, undefined, namespace)?.metadata.labels ?? {};
  const level = labels['pod-security.kubernetes.io/enforce'] ?? 'privileged';
  const found = violations(pod.spec, level);
  if (found.length === 0) return;
  const version = labels['pod-security.kubernetes.io/enforce-version'] ?? 'latest';
  throw forbidden(pods, name, `violates PodSecurity "${level}:${version}": ${found.join(', ')}`);
}
