import { ClusterError, type KubernetesObject, labels } from '../../core/cluster.ts';
import { messageOf } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';

/** Dry runs. */
export interface Tries {
  /** A complete creation except that nothing is stored (dry run). @throws ClusterError if it would be refused */
  tryCreate(object: KubernetesObject): Promise<void>;
}

const about = 'Cluster: policy';
const apply = 'kubectl apply -k manifests/bot, which contains the ValidatingAdmissionPolicy (Kubernetes 1.30 and later).';

/**
 * Whether the policy of `manifests/bot` confines this account, and to this instance: tested by dry runs of what it refuses and allows. The
 * bot may not read the policy itself, whose text would prove less.
 */
export async function policyFinding(cluster: Tries, instance: string): Promise<Finding> {
  try {
    const open = await namesAllowed(cluster, forbidden(instance));
    if (open.length > 0) return { about, state: 'warning', evidence: `this account may create ${open.join(' and ')}`, next: apply };
    await cluster.tryCreate(namespace(`cox-${instance}-doctor`, instance));
    return { about, state: 'ok', evidence: `the account is confined to the namespaces cox-${instance}-*` };
  } catch (error) {
    if (!(error instanceof ClusterError) || error.reason === 'Unreachable')
      return { about, state: 'unknown', evidence: messageOf(error), next: 'Check the connection to the cluster.' };
    const next = `Put \`instance: ${instance}\` in the first line of coxswain.yaml, and ${apply}`;
    return { about, state: 'failed', evidence: `a namespace of this instance is refused: ${error.message}`, next };
  }
}

async function namesAllowed(cluster: Tries, tried: readonly (readonly [what: string, object: KubernetesObject])[]): Promise<string[]> {
  const allowed = await Promise.all(tried.map(async ([what, object]) => ((await isRefused(cluster, object)) ? [] : [what])));
  return allowed.flat();
}

async function isRefused(cluster: Tries, object: KubernetesObject): Promise<boolean> {
  try {
    await cluster.tryCreate(object);
    return false;
  } catch (error) {
    if (error instanceof ClusterError && error.code === 403) return true;
    throw error;
  }
}

function forbidden(instance: string): [what: string, object: KubernetesObject][] {
  const secret = { name: 'coxswain-doctor', namespace: 'default', annotations: { 'kubernetes.io/service-account.name': 'default' } };
  return [
    ['namespaces of any name', namespace('coxswain-doctor', instance)],
    [
      'tokens of service accounts',
      { apiVersion: 'v1', kind: 'Secret', metadata: secret, type: 'kubernetes.io/service-account-token' } as KubernetesObject,
    ],
  ];
}

function namespace(name: string, instance: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [labels.instance]: instance } } };
}
