import { type KubernetesObject, labels } from '../../core/cluster.ts';
import type { RegistryAddresses, Repository, Secrets } from '../../core/config.ts';
import { dockerLogin, pullLogins } from '../../core/pull-config.ts';
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

/** The volume in which the stages of a run share the commit and their outputs. */
export function workspaceOf(run: Run, size: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: names.workspace, namespace: run.namespace, labels: labelsOf(run) },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } } },
  };
}

/** The stages share one workspace: the first one creates it, so it has the largest size that any of them requests. */
export function workspaceSize({ stages }: Pick<Repository, 'stages'>): string {
  const sizes = stages.map(({ workspace }) => workspace);
  return sizes.reduce((largest, size) => (bytesOf(size) > bytesOf(largest) ? size : largest), sizes[0] ?? '2Gi');
}

/**
 * The registry Secrets in a run's namespace: for builders to push, and for nodes to pull. Never saved with the run.
 * @param forms the login formats that the templates of the run use
 */
export function secretsOf(run: Run, registry: RegistryAddresses, secrets: Partial<Secrets>, forms: readonly string[]): KubernetesObject[] {
  const { registryUsername, registryPassword, imagePullConfig } = secrets;
  const push = secretOf(run, names.registry, loginFiles(forms, registry, secrets));
  const own = registryUsername && registryPassword ? { [registry.pull]: dockerLogin(registryUsername, registryPassword) } : {};
  const auths = { ...(imagePullConfig && pullLogins(imagePullConfig)), ...own };
  const config = { '.dockerconfigjson': JSON.stringify({ auths }) };
  const pull = hasPullLogins(secrets) ? secretOf(run, names.pull, config, 'kubernetes.io/dockerconfigjson') : undefined;
  return [push, pull].filter((secret) => secret !== undefined);
}

/** The Secret with which git clones, with the fields of its kind of login. */
export function gitSecretOf(run: Run, fields: Readonly<Record<string, string>>): KubernetesObject {
  return secretOf(run, names.git, { ...fields });
}

/**
 * The credentials with which release builds push to the registries, including external ones. Created only after a release is approved:
 * builds and tests of unapproved commits never see these credentials.
 * @param files as returned by `loginFiles`
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
