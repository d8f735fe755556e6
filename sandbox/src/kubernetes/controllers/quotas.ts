/** Keeps the status of ResourceQuotas current. */
import type { Cluster } from '../cluster.ts';
import { events } from '../model/resources.ts';
import { countQuotas } from './quota.ts';
import { WorkQueue } from './workqueue.ts';

/** Starts the controller; gives back what stops it. */
export function runQuotaController(cluster: Cluster): () => void {
  const queue = new WorkQueue((namespace) => countQuotas(cluster, namespace), cluster.log);
  const forget = cluster.store.onChange(({ resource, object }) => {
    if (resource !== events && object.metadata.namespace) queue.add(object.metadata.namespace);
  });
  return () => {
    forget();
    queue.close();
  };
}
