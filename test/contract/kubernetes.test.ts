import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKubernetes } from '@coxswain/sandbox';
import test from 'ava';
import { loadKubeConfig } from '../../src/clients/cluster/transport/kube-config.ts';
import { kubernetesContract } from './kubernetes.ts';

/** The stand-in, with this machine's programs in place of an image, and a registry that has nothing. */
kubernetesContract(test, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'contract-'));
  const registry = createServer((_request, response) => response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}'));
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  const kubernetes = await startKubernetes({
    folder,
    registries: { '*': `http://127.0.0.1:${(registry.address() as AddressInfo).port}` },
    programs: [{ match: /^(docker\.io\/library\/)?busybox:/ }],
    containerEnv: { PATH: process.env.PATH ?? '' },
  });
  const file = join(folder, 'kubeconfig');
  await writeFile(file, kubernetes.kubeconfig);
  return {
    kubeConfig: loadKubeConfig({ KUBECONFIG: file }),
    images: { shell: 'busybox:1.35', missing: 'docker.io/library/no-such-image:1' },
    async close() {
      await kubernetes.close();
      registry.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
