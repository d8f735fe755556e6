import { type KubernetesObject, labels } from '../../core/cluster.ts';
import type { RegistryAddresses, Repository, Secrets } from '../../core/config.ts';
import { pullLogins } from '../../core/pull-config.ts';
import { bytesOf } from '../../core/quantity.ts';
import type { Run } from '../../core/run/run.ts';
import { loginFiles } from './registry-logins.ts';
import { instanceOf } from './stage-objects.ts';
import { hasPullLogins, names } from './stage-values.ts';

/** The namespace of a run. */
export function namespaceOf(run: Run, podSecurity: string | undefined): KubernetesObject {
  const security = podSecurity ? { 'pod-security.kubernetes.io/enforce': podSecurity } : {};
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: run.namespace, labels: { ...labelsOf(run), ...security } } };
}

/** The volume in which the stages of a run share the commit and what they make. */
export function workspaceOf(run: Run, size: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: names.workspace, namespace: run.namespace, labels: labelsOf(run) },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } } },
  };
}

/** The stages share one workspace: the first one makes it, so it has the size that the hungriest asks for. */
export function workspaceSize({ stages }: Pick<Repository, 'stages'>): string {
  const sizes = stages.map(({ workspace }) => workspace);
  return sizes.reduce((largest, size) => (bytesOf(size) > bytesOf(largest) ? size : largest), sizes[0] ?? '2Gi');
}

/**
 * The Secrets of the registry in a run's namespace: how builders reach it, and how nodes pull from it. Never saved with the run.
 * @param forms those of its logins that the templates of the run want
 */
export function secretsOf(run: Run, registry: RegistryAddresses, secrets: Partial<Secrets>, forms: readonly string[]): KubernetesObject[] {
  const { registryUsername, registryPassword, imagePullConfig } = secrets;
  const push = secretOf(run, names.registry, loginFiles(forms, registry, secrets));
  const own = registryUsername && registryPassword ? { [registry.pull]: { username: registryUsername, password: registryPassword } } : {};
  const auths = { ...(imagePullConfig && pullLogins(imagePullConfig)), ...own };
  const config = { '.dockerconfigjson': JSON.stringify({ auths }) };
  const pull = hasPullLogins(secrets) ? secretOf(run, names.pull, config, 'kubernetes.io/dockerconfigjson') : undefined;
  return [push, pull].filter((secret) => secret !== undefined);
}

/** The Secret by which git clones, of the fields that its kind of login has. */
export function gitSecretOf(run: Run, fields: Readonly<Record<string, string>>): KubernetesObject {
  return secretOf(run, names.git, { ...fields });
}

/**
 * How the builds of a release reach the registries, the outside ones too. It is made when a release has been approved: builds and tests
 * of commits that nobody has approved never see these credentials.
 * @param files as `loginFiles` gives them
 */
export function releaseSecretOf(run: Run, files: Readonly<Record<string, string>>): KubernetesObject {
  return secretOf(run, names.releaseRegistry, { ...files });
}

function secretOf(run: Run, name: string, stringData: Record<string, string>, type = 'Opaque'): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: run.namespace, labels: labelsOf(run) },
    type,
    stringData,
  };
}

function labelsOf(run: Run): Record<string, string> {
  return { [labels.instance]: instanceOf(run), [labels.run]: run.id, [labels.runUid]: run.uid };
}
