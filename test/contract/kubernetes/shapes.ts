import type { KubernetesObject } from '../../../src/core/cluster.ts';
import { ClusterError } from '../../../src/core/cluster.ts';
import type { Place, World } from './world.ts';

/** A Job as coxswain's templates make them: one try, one pod. */
export function jobOf({ namespace, labels }: Place, name: string, podSpec: object): KubernetesObject {
  const spec = { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, automountServiceAccountToken: false, ...podSpec };
  const template = { metadata: { labels: { ...labels, 'coxswain/stage': name } }, spec };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { namespace, name, labels }, spec: { backoffLimit: 0, template } };
}

/** Creates a pod that no controller makes: in a namespace that is new, it is refused until the namespace has its service account. */
export async function createPod(world: World, { namespace, labels }: Place, name: string, podSpec: object): Promise<void> {
  const spec = { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, automountServiceAccountToken: false, ...podSpec };
  await world.until(`pod ${namespace}/${name} may be made`, async () => {
    try {
      return await world.client.create({ apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name, labels }, spec });
    } catch (error) {
      if (!(error instanceof ClusterError) || !error.message.includes('service account')) throw error;
      return undefined;
    }
  });
}

/** A container that runs a script of the shell. */
export function shell(image: string, script: string, more: object = {}): object {
  return { name: 'main', image, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script], ...more };
}

/** What Kubernetes says about an object of one kind of a namespace. */
export const pathOf = ({ namespace }: Pick<Place, 'namespace'>, group: string, plural: string, name = '') =>
  `/${group === 'v1' ? 'api' : 'apis'}/${group}/namespaces/${namespace}/${plural}${name === '' ? '' : `/${name}`}`;

export const configMap = ({ namespace, labels }: Place, name: string, more: Readonly<Record<string, string>> = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace, name, labels: { ...labels, ...more } },
  data: { a: '1' },
});
