import type { KubernetesObject } from '../../core/cluster.ts';
import type { Config } from '../../core/config.ts';
import { messageOf } from '../../core/errors.ts';
import { toObjects } from '../../templates/objects.ts';

/** The little of the cluster that applying needs. */
export interface Applies {
  apply(object: KubernetesObject): Promise<void>;
}

/** The cache that comes with coxswain lies in this namespace; another address is somebody else's to run. */
const ownCache = /\.coxswain-cache(\.|:)/;

/** Applies the services that coxswain brings along, once per start. What it may not apply, somebody has to: that is said and holds up nothing. */
export async function applyServices(
  config: Config,
  cluster: Applies,
  read: (name: string) => Promise<string>,
  log: (message: string) => void,
): Promise<void> {
  if (!config.cache || !ownCache.test(config.cache)) return;
  try {
    for (const object of toObjects('makisu-cache', await read('makisu-cache'))) await cluster.apply(withImage(object, config.tools.redis));
  } catch (error) {
    log(
      `the layer cache could not be applied (${messageOf(error)}); builds continue without it. To apply it by hand: kubectl apply -f manifests/services/`,
    );
  }
}

/** The one container of the Deployment gets the image that the configuration names. */
function withImage(object: KubernetesObject, image: string): KubernetesObject {
  if (object.kind !== 'Deployment') return object;
  const changed = structuredClone(object) as KubernetesObject & { spec: { template: { spec: { containers: { image: string }[] } } } };
  for (const container of changed.spec.template.spec.containers) container.image = image;
  return changed;
}
