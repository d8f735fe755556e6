/** PATCH: merge patches, JSON patches, and server-side apply, which makes the object where it is missing. */
import type { Cluster } from '../cluster.ts';
import { badRequest, conflict, required, StatusError, unsupportedPatch } from '../model/errors.ts';
import type { KubeObject, ObjectInput } from '../model/objects.ts';
import { remember, takenBack } from './applied.ts';
import { checkType, create } from './create.ts';
import { jsonPatch, mergePatch } from './merge.ts';
import { modify, type Target } from './modify.ts';
import { refuseUndeclared } from './unknown-fields.ts';

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
  if (!merge) throw unsupportedPatch();
  return { object: modify(cluster, target, (present) => merge(present, body) as ObjectInput), created: false };
}

function apply(cluster: Cluster, target: Target, input: ObjectInput, query: URLSearchParams): Patched {
  const { resource, namespace, name } = target;
  const manager = query.get('fieldManager');
  if (!manager) {
    const message = 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch';
    const causes = [required('fieldManager', 'is required for apply patch')];
    throw new StatusError(422, 'Invalid', message, { group: 'meta.k8s.io', kind: 'PatchOptions', causes });
  }
  if (!input?.apiVersion || !input.kind) throw badRequest(`invalid object type: /, Kind=${input?.kind ?? ''}`);
  checkType(resource, input);
  refuseUndeclared(input);
  if (cluster.store.get(resource, namespace, name)) {
    const merge = (present: KubeObject) => mergePatch(takenBack(cluster.store, present, manager, input), input) as ObjectInput;
    return { object: remembered(cluster, modify(cluster, target, merge), manager, input), created: false };
  }
  if (input.metadata?.uid) {
    throw conflict(
      resource,
      name,
      `uid mismatch: the provided object specified uid ${input.metadata.uid}, and no existing object was found`,
    );
  }
  const named = { ...input, metadata: { ...input.metadata, name } };
  return { object: remembered(cluster, create(cluster, resource, namespace, named, target.dryRun), manager, input), created: true };
}

function remembered({ store }: Cluster, object: KubeObject, manager: string, input: ObjectInput): KubeObject {
  remember(store, object.metadata.uid, manager, input);
  return object;
}
