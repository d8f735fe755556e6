/** The garbage collector: dependents go with their last owner, or are let go, or go before it, by the owner's finalizers. */
import { remove } from '../api/remove.ts';
import type { Cluster } from '../cluster.ts';
import type { KubeObject } from '../model/objects.ts';
import { type Resource, resources } from '../model/resources.ts';
import type { StoreEvent } from '../model/store.ts';
import { WorkQueue } from './workqueue.ts';

interface Placed {
  resource: Resource;
  object: KubeObject;
}

const owned = resources.filter(({ namespaced }) => namespaced);

/** Starts the collector; gives back what stops it. */
export function runGarbageCollector(cluster: Cluster): () => void {
  const due = new Map<string, StoreEvent>();
  const queue = new WorkQueue((key) => {
    const event = due.get(key);
    due.delete(key);
    if (event?.type === 'ADDED') collectOrphan(cluster, event);
    else if (event) collect(cluster, event);
  }, cluster.log);
  const forget = cluster.store.onChange((event) => {
    const { object, type, previous } = event;
    const begins = Boolean(object.metadata.deletionTimestamp) && type === 'MODIFIED' && waits(object);
    const owner = object.metadata.ownerReferences?.[0];
    if (type !== 'DELETED' && !begins && !(type === 'ADDED' && owner)) return;
    const key = `${type === 'DELETED' && previous ? 'gone' : 'is'}/${object.metadata.uid}`;
    due.set(key, event);
    queue.add(key);
    // A dependent that goes may be the last for which its owner waits.
    if (type === 'DELETED' && owner)
      wakeOwner(
        cluster,
        owner.uid,
        (held) => due.set(`is/${owner.uid}`, held),
        (key) => queue.add(key),
      );
  });
  return () => {
    forget();
    queue.close();
  };
}

const waits = ({ metadata }: KubeObject): boolean =>
  metadata.finalizers?.some((one) => one === 'foregroundDeletion' || one === 'orphan') ?? false;

function wakeOwner({ store }: Cluster, uid: string, hold: (event: StoreEvent) => unknown, add: (key: string) => void): void {
  for (const resource of owned) {
    const object = store.list(resource).find(({ metadata }) => metadata.uid === uid);
    if (!object?.metadata.deletionTimestamp) continue;
    hold({ type: 'MODIFIED', revision: store.revision, resource, object });
    add(`is/${uid}`);
  }
}

function dependentsOf({ store }: Cluster, uid: string): Placed[] {
  const all = owned.flatMap((resource) => store.list(resource).map((object) => ({ resource, object })));
  return all.filter(({ object }) => object.metadata.ownerReferences?.some((owner) => owner.uid === uid));
}

function collect(cluster: Cluster, { type, resource, object }: StoreEvent): void {
  const { uid, name, namespace } = object.metadata;
  const dependents = dependentsOf(cluster, uid);
  if (type === 'DELETED') {
    for (const dependent of dependents) letGoOrDelete(cluster, dependent, uid);
    return;
  }
  const present = cluster.store.get(resource, namespace, name);
  if (present?.metadata.uid === uid) readyOwner(cluster, { resource, object: present }, dependents);
}

/** Does for an owner that is being deleted what its finalizers wait for. */
function readyOwner(cluster: Cluster, { resource, object }: Placed, dependents: Placed[]): void {
  const { uid, finalizers = [] } = object.metadata;
  if (finalizers.includes('orphan')) {
    for (const dependent of dependents) dropOwner(cluster, dependent, uid);
    dropFinalizer(cluster, { resource, object }, 'orphan');
    return;
  }
  for (const { resource: kind, object: one } of dependents) {
    if (!one.metadata.deletionTimestamp)
      remove(cluster, kind, one.metadata.namespace, one.metadata.name, { propagationPolicy: 'Foreground' });
  }
  if (dependentsOf(cluster, uid).length === 0) dropFinalizer(cluster, { resource, object }, 'foregroundDeletion');
}

const alive = ({ store }: Cluster, uid: string): boolean =>
  owned.some((resource) => store.list(resource).some(({ metadata }) => metadata.uid === uid));

// Made for an owner that was gone by then: it would never be collected otherwise.
function collectOrphan(cluster: Cluster, { resource, object }: Placed): void {
  const owners = object.metadata.ownerReferences ?? [];
  if (owners.some(({ uid }) => alive(cluster, uid))) return;
  const left = cluster.store.get(resource, object.metadata.namespace, object.metadata.name);
  if (left?.metadata.uid === object.metadata.uid) remove(cluster, resource, object.metadata.namespace, object.metadata.name);
}

function letGoOrDelete(cluster: Cluster, { resource, object }: Placed, uid: string): void {
  const others = (object.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid && alive(cluster, owner.uid));
  if (others.length > 0) dropOwner(cluster, { resource, object }, uid);
  else if (!object.metadata.deletionTimestamp) {
    remove(cluster, resource, object.metadata.namespace, object.metadata.name, { propagationPolicy: 'Background' });
  }
}

function dropOwner({ store }: Cluster, { resource, object }: Placed, uid: string): void {
  store.update(resource, object, ({ metadata }) => {
    const left = metadata.ownerReferences?.filter((owner) => owner.uid !== uid) ?? [];
    if (left.length > 0) metadata.ownerReferences = left;
    else delete metadata.ownerReferences;
  });
}

function dropFinalizer({ store }: Cluster, { resource, object }: Placed, finalizer: string): void {
  store.update(resource, object, ({ metadata }) => {
    metadata.finalizers = metadata.finalizers?.filter((one) => one !== finalizer) ?? [];
  });
}
