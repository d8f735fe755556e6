import test from 'ava';
import { loadKubeConfig } from '../../src/clients/cluster/kube-config.ts';
import { kubernetesContract } from '../contract/kubernetes.ts';

/** The cluster of KUBECONFIG. */
kubernetesContract(test, async () => ({
  kubeConfig: loadKubeConfig({ KUBECONFIG: process.env.KUBECONFIG }),
  images: { shell: 'busybox:1.35', missing: 'docker.io/library/no-such-image:1' },
}));
