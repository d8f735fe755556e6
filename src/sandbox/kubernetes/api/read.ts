/** Reading: one object, or a list through selectors, at the store's present revision. */
import type { Cluster } from '../cluster.ts';
import { notFound } from '../model/errors.ts';
import type { KubeObject } from '../model/objects.ts';
import { apiVersionOf, type Resource } from '../model/resources.ts';
import { fieldSelector, labelSelector, type Matches } from '../model/selectors.ts';

export function get({ store }: Cluster, resource: Resource, namespace: string | undefined, name: string): KubeObject {
  const object = store.get(resource, namespace, name);
  if (!object) throw notFound(resource, name);
  return object;
}

/** What the selectors of a query select. */
export function selection(resource: Resource, query: URLSearchParams): Matches {
  const byLabel = labelSelector(query.get('labelSelector'));
  const byField = fieldSelector(query.get('fieldSelector'), resource.kind);
  return (object) => byLabel(object) && byField(object);
}

/** A list object; its items are in the order of namespace and name, and without kind and version, as the API server gives them. */
export function list({ store }: Cluster, resource: Resource, namespace: string | undefined, matches: Matches): object {
  const place = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
  const found = store.list(resource, namespace).filter(matches);
  const items = found.sort((a, b) => (place(a) < place(b) ? -1 : 1)).map(({ apiVersion, kind, ...item }) => item);
  return { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata: { resourceVersion: String(store.revision) }, items };
}
