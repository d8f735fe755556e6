import type { KubernetesObject } from '../../core/cluster.ts';
import type { Config } from '../../core/config.ts';
import { messageOf } from '../../core/errors.ts';
import { toObjects } from '../../templates/objects.ts';

/** What applying needs from the cluster. */
export interface Applies {
  apply(object: KubernetesObject): Promise<void>;
}

/** The namespace of the cache that ships with coxswain; a cache at any other address is not managed by the bot. */
const ownCache = /\.coxswain-cache(\.|:)/;

/** Applies the services that ship with coxswain, once per start. A failure is logged with the manual command, and blocks nothing. */
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

/** Sets the image of the Deployment's only container to the configured one. */
function withImage(object: KubernetesObject, image: string): KubernetesObject {
  if (object.kind !== 'Deployment') return object;
  const changed = structuredClone(object) as KubernetesObject & { spec: { template: { spec: { containers: { image: string }[] } } } };
  for (const container of changed.spec.template.spec.containers) container.image = image;
  return changed;
}
