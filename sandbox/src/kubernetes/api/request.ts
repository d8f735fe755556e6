/** A request's path, read: which API group, which resource, which object, which part of it. */
import { badRequest, pathNotFound } from '../model/errors.ts';
import { findResource, type Resource } from '../model/resources.ts';

export interface ResourcePath {
  resource: Resource;
  namespace: string | undefined;
  /** Undefined for a collection. */
  name: string | undefined;
  /** `log`, `status` …; empty for the object itself. */
  subresource: string;
}

/** Reads `/api/v1/…` and `/apis/<group>/<version>/…`; undefined where the path is no resource's. */
export function resourcePath(pathname: string): ResourcePath | undefined {
  const parts = pathname.split('/').filter(Boolean).map(decode);
  const [root, ...rest] = parts;
  const grouped = root === 'apis';
  if (root !== 'api' && !grouped) return undefined;
  const group = grouped ? (rest.shift() ?? '') : '';
  const version = rest.shift() ?? '';
  if (rest.length === 0) return undefined;
  const inNamespace = rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2] ?? '');
  const [, namespace] = inNamespace ? rest.splice(0, 2) : [];
  const [plural = '', name, subresource = '', ...more] = rest;
  const resource = findResource(group, version, plural);
  if (!resource || more.length > 0) throw pathNotFound();
  const placeless = resource.namespaced && name !== undefined && namespace === undefined;
  if (placeless || (!resource.namespaced && namespace !== undefined)) throw pathNotFound();
  if (subresource && !resource.subresources.includes(subresource)) throw pathNotFound();
  return { resource, namespace, name, subresource };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badRequest(`the path has a part that is not percent-encoded text: ${part}`);
  }
}

export const isTrue = (text: string | null): boolean => text === 'true' || text === '1';
