/** Reading: one object, or a list through selectors, at the store's present revision. */
import type { Cluster } from '../cluster.ts';
import { notFound, StatusError } from '../model/errors.ts';
import type { KubeObject } from '../model/objects.ts';
import { apiVersionOf, type Resource } from '../model/resources.ts';
import { fieldSelector, labelSelector, type Matches } from '../model/selectors.ts';

export function get({ store }: Cluster, resource: Resource, namespace: string | undefined, name: string): KubeObject {
  const object = store.get(resource, namespace, name);
  if (!object) throw notFound(resource, name);
  return object;
}

/** Reads a `resourceVersion`. Throws 500, as the API server does, for what is no number. */
export function versionOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const value = JSON.stringify(text);
  throw new StatusError(500, '', `resourceVersion: Invalid value: ${value}: strconv.ParseUint: parsing ${value}: invalid syntax`);
}

/** Throws 504 for a list that asks for a revision that is still to come. */
export function checkVersion({ store }: Cluster, asked: string | null): void {
  if (!asked || versionOf(asked) <= store.revision) return;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  throw new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${store.revision}`, { causes });
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
