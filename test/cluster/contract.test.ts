import test from 'ava';
import { ApiServer } from '../../src/clients/cluster/transport/api-server.ts';
import { loadKubeConfig } from '../../src/clients/cluster/transport/kube-config.ts';
import { kubernetesContract } from '../contract/kubernetes.ts';
import { outage, script } from './outages.ts';

const kubeConfig = () => loadKubeConfig({ KUBECONFIG: process.env.KUBECONFIG });

// The caches of a server that has started with an empty store may hold its very first version, so that no version is too old for a watch.
test.before('the API server begins at a later version than the first', async (t) => {
  if (!script) return t.log('COXSWAIN_CLUSTER_SCRIPT names no script: the API server is taken as it is');
  t.timeout(90_000);
  await outage('apiserver', 0);
  const api = new ApiServer(kubeConfig());
  const ask = () => api.json({ doing: 'begin', path: '/api/v1/namespaces/default/configmaps', timeoutMs: 5_000 });
  while (!(await ask().catch(() => undefined))) await new Promise((resolve) => setTimeout(resolve, 500));
});

/** The cluster of KUBECONFIG. */
kubernetesContract(test, async () => ({
  kubeConfig: kubeConfig(),
  images: { shell: 'busybox:1.35', missing: 'docker.io/library/no-such-image:1' },
}));
