import { type KubernetesObject, labels } from '../../core/cluster.ts';
import type { Config } from '../../core/config.ts';
import { UserError } from '../../core/errors.ts';
import type { Run } from '../../core/run/run.ts';
import type { TemplateSource } from '../../core/template-source.ts';
import { objectsFrom } from '../../templates/objects-from.ts';
import { instanceOf } from './stage-objects.ts';

/**
 * The network policies of a run's pods, from their own template.
 * @param namespaces those of the registry, the cache and git
 * @throws UserError if the template produces anything but NetworkPolicies
 */
export function networkPolicies(run: Run, template: TemplateSource, namespaces: readonly string[]): KubernetesObject[] {
  const values = { Run: { ID: run.id, UID: run.uid, Namespace: run.namespace }, Namespaces: [...namespaces] };
  const objects = objectsFrom(template, values);
  const strange = objects.find(({ kind, apiVersion }) => kind !== 'NetworkPolicy' || apiVersion !== 'networking.k8s.io/v1');
  if (strange || objects.length === 0)
    throw new UserError(`template ${template.name}: it must produce NetworkPolicies of networking.k8s.io/v1, and nothing else`);
  const ours = { [labels.instance]: instanceOf(run), [labels.run]: run.id, [labels.runUid]: run.uid };
  return objects.map((object) => {
    const metadata = { ...object.metadata, namespace: run.namespace, labels: { ...object.metadata.labels, ...ours } };
    return { ...object, metadata };
  });
}

/** The template for the network policies of runs, with the namespaces that pods must reach; undefined if none is configured. */
export function networkOf(config: Pick<Config, 'networkPolicy' | 'registry' | 'cache' | 'repositories'>) {
  return config.networkPolicy && { template: config.networkPolicy, namespaces: reachedBy(config) };
}

/** The namespaces that the pods of a run must reach. */
export function reachedBy({ registry, cache, repositories }: Pick<Config, 'registry' | 'cache' | 'repositories'>): string[] {
  return namespacesIn([registry.push, cache ?? '', ...repositories.map(({ clone }) => clone)]);
}

/** The namespaces in the addresses (`host:port` or URLs) of cluster services: `registry.container-registry.svc.cluster.local:5000`. */
export function namespacesIn(addresses: readonly string[]): string[] {
  const hosts = addresses.map((address) => address.replace(/^[a-z]+:\/\/(?:[^/@]*@)?/, '').split(/[:/]/, 1)[0] ?? '');
  const parts = hosts.map((host) => host.split('.'));
  return [...new Set(parts.flatMap(([, namespace, svc]) => (svc === 'svc' && namespace ? [namespace] : [])))].sort();
}
