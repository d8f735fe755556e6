/** PATCH: merge patches, JSON patches, and server-side apply, which makes the object where it is missing. */
import type { Cluster } from '../cluster.ts';
import { badRequest, conflict, StatusError, unsupportedMediaType } from '../model/errors.ts';
import type { KubeObject, ObjectInput } from '../model/objects.ts';
import { checkType, create } from './create.ts';
import { jsonPatch, mergePatch } from './merge.ts';
import { modify, type Target } from './modify.ts';

export interface Patched {
  object: KubeObject;
  created: boolean;
}

/** Patches by the content type's rule; a strategic merge patch is read as a merge patch: its lists replace. */
export function patch(cluster: Cluster, target: Target, type: string, body: unknown, query: URLSearchParams): Patched {
  const media = type.split(';')[0]?.trim() ?? '';
  if (media === 'application/apply-patch+yaml') return apply(cluster, target, body as ObjectInput, query);
  const merges: Record<string, (object: unknown, change: unknown) => unknown> = {
    'application/merge-patch+json': mergePatch,
    'application/strategic-merge-patch+json': mergePatch,
    'application/json-patch+json': jsonPatch,
  };
  const merge = merges[media];
  if (!merge) throw unsupportedMediaType(media);
  return { object: modify(cluster, target, (present) => merge(present, body) as ObjectInput), created: false };
}

// Fields that an earlier apply set and this one leaves out stay: nobody keeps account of who manages which field here.
function apply(cluster: Cluster, target: Target, input: ObjectInput, query: URLSearchParams): Patched {
  const { resource, namespace, name } = target;
  if (!query.get('fieldManager')) {
    const message = 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch';
    throw new StatusError(422, 'Invalid', message, { group: 'meta.k8s.io', kind: 'PatchOptions' });
  }
  if (!input?.apiVersion || !input.kind) throw badRequest("Object 'Kind' is missing in the body of an apply patch");
  checkType(resource, input);
  if (cluster.store.get(resource, namespace, name)) {
    return { object: modify(cluster, target, (present) => mergePatch(present, input) as ObjectInput), created: false };
  }
  if (input.metadata?.uid) {
    throw conflict(
      resource,
      name,
      `uid mismatch: the provided object specified uid ${input.metadata.uid}, and no existing object was found`,
    );
  }
  const named = { ...input, metadata: { ...input.metadata, name } };
  return { object: create(cluster, resource, namespace, named, target.dryRun), created: true };
}
