import { messageOf } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { policyFinding, type Tries } from './policy.ts';
import { type Rights, rightsFindings } from './rights.ts';

/** The part of the cluster that doctor checks. */
export interface Cluster extends Rights, Tries {
  version(): Promise<string>;
  storageClasses(): Promise<{ name: string; default: boolean }[]>;
}

export async function clusterFindings(cluster: Cluster, instance: string): Promise<Finding[]> {
  try {
    const version = await cluster.version();
    const reached: Finding = { about: 'Cluster: API server', state: 'ok', evidence: `Kubernetes ${version}` };
    return [reached, ...(await rightsFindings(cluster)), await policyFinding(cluster, instance), await storageFinding(cluster)];
  } catch (error) {
    const next = 'Check KUBECONFIG, or the service account and the network of the pod.';
    return [{ about: 'Cluster: API server', state: 'failed', evidence: messageOf(error), next }];
  }
}

const about = 'Cluster: storage';

async function storageFinding(cluster: Cluster): Promise<Finding> {
  try {
    return storageOf(await cluster.storageClasses());
  } catch (error) {
    return { about, state: 'unknown', evidence: messageOf(error), next: 'Check with `kubectl get storageclass` that one is the default.' };
  }
}

/** A run's workspace is a PersistentVolumeClaim without a class, so it needs a default storage class. */
function storageOf(classes: readonly { name: string; default: boolean }[]): Finding {
  const names = classes.map(({ name }) => name).join(', ');
  const [chosen, ...others] = classes.filter((one) => one.default);
  if (!chosen) {
    const evidence = names ? `no default among ${names}` : 'there is no storage class';
    const next = names
      ? `kubectl annotate storageclass ${classes[0]?.name} storageclass.kubernetes.io/is-default-class=true`
      : 'Install a provisioner; on microk8s: microk8s enable hostpath-storage';
    return { about, state: 'failed', evidence, next };
  }
  if (others.length === 0) return { about, state: 'ok', evidence: `the default storage class is ${chosen.name}` };
  const both = [chosen, ...others].map(({ name }) => name).join(', ');
  return {
    about,
    state: 'warning',
    evidence: `${both} are all marked as default; the newest is used`,
    next: 'Keep only one of them as the default.',
  };
}
