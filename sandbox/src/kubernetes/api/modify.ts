/** Changing an object by PUT or by a patch: one way in, where what a client may not change is kept as it is. */
import type { Cluster } from '../cluster.ts';
import { badRequest, conflict, notFound, staleVersion } from '../model/errors.ts';
import type { KubeObject, ObjectInput, ObjectMeta } from '../model/objects.ts';
import type { Resource } from '../model/resources.ts';
import { refill } from './defaults.ts';
import { validate, validateUpdate } from './validate.ts';

export interface Target {
  resource: Resource;
  namespace: string | undefined;
  name: string;
  /** `status`, or empty for the object itself. */
  subresource: string;
  dryRun: boolean;
}

/** Puts what `change` makes of the present object in its place. Throws StatusError: 404, 409, 422. */
export function modify({ store }: Cluster, target: Target, change: (present: KubeObject) => ObjectInput): KubeObject {
  const { resource, namespace, name, subresource, dryRun } = target;
  const present = store.get(resource, namespace, name);
  if (!present) throw notFound(resource, name);
  const wanted = change(structuredClone(present));
  checkMeta(resource, present, wanted.metadata ?? {});
  const next = keep(present, wanted, subresource);
  refill(next);
  validate(next, resource);
  if (!subresource) validateUpdate(next, present, resource);
  if (dryRun) return next;
  return store.update(resource, present, (draft) => replaceBy(draft, next)) ?? next;
}

function replaceBy(draft: KubeObject, next: KubeObject): void {
  for (const field of Object.keys(draft)) delete draft[field];
  Object.assign(draft, structuredClone(next));
}

function checkMeta(resource: Resource, { metadata }: KubeObject, wanted: Partial<ObjectMeta>): void {
  if (wanted.name && wanted.name !== metadata.name)
    throw badRequest(`the name of the object (${wanted.name}) does not match the name on the URL (${metadata.name})`);
  if (wanted.uid && wanted.uid !== metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${wanted.uid}, UID in object meta: ${metadata.uid}`;
    throw conflict(resource, metadata.name, why);
  }
  if (wanted.resourceVersion && wanted.resourceVersion !== metadata.resourceVersion) throw staleVersion(resource, metadata.name);
}

// The server's own fields stay; the status changes by its own path only, and by that path nothing else.
function keep(present: KubeObject, wanted: ObjectInput, subresource: string): KubeObject {
  const { metadata, apiVersion, kind } = present;
  if (subresource) return { ...structuredClone(present), status: wanted.status };
  const { generateName, finalizers, labels, annotations, ownerReferences } = wanted.metadata ?? {};
  const { generateName: _, finalizers: _f, labels: _l, annotations: _a, ownerReferences: _o, ...fixed } = metadata;
  const said = { generateName, finalizers, labels, annotations, ownerReferences };
  const free = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  const next = { ...wanted, apiVersion, kind, metadata: { ...fixed, ...free } } as KubeObject;
  if (present.status !== undefined) next.status = structuredClone(present.status);
  return next;
}
