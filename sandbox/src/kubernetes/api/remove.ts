/** Deleting an object, as the API server does it: preconditions, grace periods, finalizers, what becomes of dependents. */
import type { Cluster } from '../cluster.ts';
import { conflict, notFound, type Status } from '../model/errors.ts';
import type { KubeObject, Namespace } from '../model/objects.ts';
import { isOver, type Pod } from '../model/pods.ts';
import { jobs, namespaces, pods, type Resource } from '../model/resources.ts';
import { now, timestamp } from '../model/time.ts';

export interface DeleteOptions {
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  gracePeriodSeconds?: number;
  orphanDependents?: boolean;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: boolean;
}

/** Deletes by name. Answers the object where it still lives for a while (grace, finalizers), else a Status of success. */
export function remove(
  cluster: Cluster,
  resource: Resource,
  namespace: string | undefined,
  name: string,
  options: DeleteOptions = {},
): KubeObject | Status {
  const object = cluster.store.get(resource, namespace, name);
  if (!object) throw notFound(resource, name);
  checkPreconditions(resource, object, options);
  if (options.dryRun) return object;
  const marked = mark(cluster, resource, object, options);
  const left = cluster.store.get(resource, namespace, name);
  if (left?.metadata.uid === object.metadata.uid) return left;
  return resource === pods && marked ? marked : gone(resource, object);
}

function checkPreconditions(resource: Resource, { metadata }: KubeObject, { preconditions = {} }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions;
  const differs = (what: string, asked: string, found: string): string =>
    `the ${what} in the precondition (${asked}) does not match the ${what} in record (${found}). The object might have been deleted and then recreated`;
  // The real one names the kind here, where it names the plural elsewhere.
  const subject = { plural: resource.kind, group: resource.group };
  if (uid && uid !== metadata.uid) throw conflict(subject, metadata.name, differs('UID', uid, metadata.uid));
  if (resourceVersion && resourceVersion !== metadata.resourceVersion)
    throw conflict(subject, metadata.name, differs('ResourceVersion', resourceVersion, metadata.resourceVersion));
}

function mark(cluster: Cluster, resource: Resource, object: KubeObject, options: DeleteOptions): KubeObject | undefined {
  const { store } = cluster;
  const finalizer = dependentsFinalizer(resource, options);
  const stays = resource === namespaces || finalizer || object.metadata.finalizers?.length;
  if (resource !== pods && !stays) store.remove(resource, object);
  return store.update(resource, object, (draft) => {
    const { metadata } = draft;
    const grace = resource === pods ? graceOf(draft as Pod, options) : 0;
    const before = metadata.deletionGracePeriodSeconds;
    if (finalizer && !metadata.deletionTimestamp) metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
    if (resource === namespaces) (draft as Namespace).status.phase = 'Terminating';
    if (before !== undefined && before <= grace) return;
    metadata.deletionTimestamp = grace > 0 ? timestamp(Date.now() + grace * 1000) : (metadata.deletionTimestamp ?? now());
    if (resource !== namespaces) metadata.deletionGracePeriodSeconds = grace;
  });
}

/** The finalizer that makes the garbage collector care for the dependents before the owner goes. */
function dependentsFinalizer(resource: Resource, { propagationPolicy, orphanDependents }: DeleteOptions): string | undefined {
  // batch/v1 Jobs leave their pods behind where nothing is said (pkg/registry/batch/job/strategy.go).
  const unsaid = resource === jobs ? 'Orphan' : 'Background';
  const policy = propagationPolicy ?? (orphanDependents === undefined ? unsaid : orphanDependents ? 'Orphan' : 'Background');
  return { Foreground: 'foregroundDeletion', Orphan: 'orphan', Background: undefined }[policy];
}

// A pod that no node runs, or that is over, needs no time to stop.
function graceOf(pod: Pod, { gracePeriodSeconds }: DeleteOptions): number {
  if (!pod.spec.nodeName || isOver(pod)) return 0;
  return gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
}

const gone = ({ group, plural }: Resource, { metadata }: KubeObject): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: { name: metadata.name, ...(group && { group }), kind: plural, uid: metadata.uid },
});
