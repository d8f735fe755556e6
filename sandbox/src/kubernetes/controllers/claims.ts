/** PersistentVolumeClaims: bound as soon as their storage class is there, and kept while a pod uses them. */
import type { Cluster } from '../cluster.ts';
import type { KubeObject, PersistentVolumeClaim } from '../model/objects.ts';
import { isOver, type Pod } from '../model/pods.ts';
import { claims, pods, storageClasses } from '../model/resources.ts';
import type { Store } from '../model/store.ts';
import { WorkQueue } from './workqueue.ts';

interface StorageClass extends KubeObject {
  provisioner: string;
}

const protection = 'kubernetes.io/pvc-protection';

/** Starts the controller; gives back what stops it. */
export function runClaimController(cluster: Cluster): () => void {
  const { store } = cluster;
  const queue = new WorkQueue((key) => {
    const [namespace = '', name = ''] = key.split('/');
    const claim = store.get<PersistentVolumeClaim>(claims, namespace, name);
    if (claim?.metadata.deletionTimestamp) letGo(cluster, claim);
    else if (claim?.status.phase === 'Pending') bind(cluster, claim);
  }, cluster.log);
  const forget = store.onChange(({ resource, object, type }) => {
    const { namespace, name } = object.metadata;
    if (resource === claims && type !== 'DELETED') queue.add(`${namespace}/${name}`);
    if (resource !== pods) return;
    // A pod that comes or goes matters only to a claim that waits to be let go.
    for (const used of claimsOf(object as Pod))
      if (store.get(claims, namespace, used)?.metadata.deletionTimestamp) queue.add(`${namespace}/${used}`);
  });
  return () => {
    forget();
    queue.close();
  };
}

export const claimsOf = ({ spec }: Pod): string[] =>
  (spec.volumes ?? []).map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName).filter((name) => name !== undefined);

function bind({ store, events }: Cluster, claim: PersistentVolumeClaim): void {
  const { storageClassName = '', volumeName, resources, accessModes = [] } = claim.spec;
  if (storageClassName && !store.get(storageClasses, undefined, storageClassName)) {
    const message = `storageclass.storage.k8s.io "${storageClassName}" not found`;
    events.record(claim, { type: 'Warning', reason: 'ProvisioningFailed', message, by: 'persistentvolume-controller' });
    return;
  }
  store.update<PersistentVolumeClaim>(claims, claim, (draft) => {
    draft.spec.volumeName = volumeName ?? `pvc-${claim.metadata.uid}`;
    const bound = {
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
      ...provisionedBy(store, storageClassName),
    };
    draft.metadata.annotations = { ...draft.metadata.annotations, ...bound };
    draft.status = { phase: 'Bound', accessModes, capacity: { storage: resources?.requests?.storage ?? '' } };
  });
}

function provisionedBy(store: Store, storageClass: string): Record<string, string> {
  const provisioner = store.get<StorageClass>(storageClasses, undefined, storageClass)?.provisioner;
  if (!provisioner) return {};
  return { 'volume.beta.kubernetes.io/storage-provisioner': provisioner, 'volume.kubernetes.io/storage-provisioner': provisioner };
}

function letGo({ store }: Cluster, claim: PersistentVolumeClaim): void {
  const { namespace, name } = claim.metadata;
  const used = store.list<Pod>(pods, namespace).some((pod) => !isOver(pod) && claimsOf(pod).includes(name));
  if (used) return;
  store.update(claims, claim, ({ metadata }) => {
    metadata.finalizers = metadata.finalizers?.filter((one) => one !== protection) ?? [];
  });
}
