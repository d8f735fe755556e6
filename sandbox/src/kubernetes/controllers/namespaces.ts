/** Namespaces: what each gets at its birth (default account, root certificate), and how one that is deleted empties itself and goes. */
import { remove } from '../api/remove.ts';
import type { Cluster } from '../cluster.ts';
import type { Namespace } from '../model/objects.ts';
import { configMaps, events, namespaces, resources, serviceAccounts } from '../model/resources.ts';
import { WorkQueue } from './workqueue.ts';

const inside = resources.filter(({ namespaced }) => namespaced);

/** Starts the controller; gives back what stops it. */
export function runNamespaceController(cluster: Cluster): () => void {
  const { store } = cluster;
  const queue = new WorkQueue((name) => {
    const namespace = store.get<Namespace>(namespaces, undefined, name);
    if (namespace?.status.phase === 'Active') furnish(cluster, name);
    if (namespace?.status.phase === 'Terminating') empty(cluster, namespace);
  }, cluster.log);
  const forget = store.onChange(({ resource, object, type }) => {
    if (resource === namespaces && type !== 'DELETED') queue.add(object.metadata.name);
    if (type === 'DELETED' && object.metadata.namespace) queue.add(object.metadata.namespace);
  });
  return () => {
    forget();
    queue.close();
  };
}

function furnish({ store }: Cluster, namespace: string): void {
  if (!store.get(serviceAccounts, namespace, 'default'))
    store.create(serviceAccounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } });
  if (!store.get(configMaps, namespace, 'kube-root-ca.crt'))
    store.create(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt', namespace },
      data: { 'ca.crt': '' },
    });
}

function empty(cluster: Cluster, namespace: Namespace): void {
  const { name } = namespace.metadata;
  const { store } = cluster;
  // Events last: deleting the others writes some.
  for (const resource of [...inside.filter((one) => one !== events), events]) {
    for (const { metadata } of store.list(resource, name)) {
      if (!metadata.deletionTimestamp) remove(cluster, resource, name, metadata.name, { propagationPolicy: 'Background' });
    }
  }
  if (inside.some((resource) => store.list(resource, name).length > 0)) return;
  store.update<Namespace>(namespaces, namespace, (draft) => {
    draft.spec.finalizers = [];
  });
}
