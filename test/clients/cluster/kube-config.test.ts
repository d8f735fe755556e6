import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { loadKubeConfig } from '../../../src/clients/cluster/kube-config.ts';
import { UserError } from '../../../src/core/errors.ts';

async function file(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'kubeconfig-')), 'config');
  await writeFile(path, text);
  return path;
}

const config = (server: string, context = 'x') => `
apiVersion: v1
kind: Config
clusters: [{ name: ${context}, cluster: { server: "${server}" } }]
users: [{ name: ${context}, user: { token: t } }]
contexts: [{ name: ${context}, context: { cluster: ${context}, user: ${context} } }]
current-context: ${context}
`;

test('the files of KUBECONFIG are read together, the context of the first counts', async (t) => {
  const KUBECONFIG = `${await file(config('https://one:6443', 'one'))}:${await file(config('https://two:6443', 'two'))}`;
  const loaded = loadKubeConfig({ KUBECONFIG });
  t.is(loaded.getCurrentCluster()?.server, 'https://one:6443');
  t.is(loaded.getClusters().length, 2);
});

test('plain http is allowed to loopback only', async (t) => {
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
    t.true(loadKubeConfig({ KUBECONFIG: await file(config(`http://${host}:8001`)) }).getCurrentCluster()?.skipTLSVerify);
  }
  t.not(loadKubeConfig({ KUBECONFIG: await file(config('https://10.0.0.1:6443')) }).getCurrentCluster()?.skipTLSVerify, true);
  const KUBECONFIG = await file(config('http://127.0.0.1.example.com'));
  t.throws(() => loadKubeConfig({ KUBECONFIG }), { instanceOf: UserError, message: /plain http, which is only allowed to loopback/ });
});

test('what is wrong is named with its file', async (t) => {
  t.throws(() => loadKubeConfig({}), { instanceOf: UserError, message: /Set KUBECONFIG/ });
  t.throws(() => loadKubeConfig({ KUBECONFIG: '/nowhere/config' }), {
    instanceOf: UserError,
    message: /^\/nowhere\/config cannot be read as a kubeconfig: ENOENT/,
  });
  const broken = await file('{ no');
  t.throws(() => loadKubeConfig({ KUBECONFIG: broken }), { instanceOf: UserError, message: new RegExp(`^${broken} cannot be read`) });
  const lost = await file(config('https://one:6443').replace('current-context: x', 'current-context: y'));
  t.throws(() => loadKubeConfig({ KUBECONFIG: lost }), { instanceOf: UserError, message: /no cluster for its current context "y"/ });
  const odd = await file(config('10.0.0.1'));
  t.throws(() => loadKubeConfig({ KUBECONFIG: odd }), { instanceOf: UserError, message: /is no URL/ });
});
