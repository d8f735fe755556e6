import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { loadKubeConfig } from '../../../../src/clients/cluster/transport/kube-config.ts';
import { UserError } from '../../../../src/core/errors.ts';

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
    message: /^\/nowhere\/config cannot be read as a kubeconfig: there is no such file/,
  });
  const broken = await file('{ no');
  t.throws(() => loadKubeConfig({ KUBECONFIG: broken }), { instanceOf: UserError, message: new RegExp(`^${broken} cannot be read`) });
  const lost = await file(config('https://one:6443').replace('current-context: x', 'current-context: y'));
  t.throws(() => loadKubeConfig({ KUBECONFIG: lost }), { instanceOf: UserError, message: /no cluster for its current context "y"/ });
  const odd = await file(config('10.0.0.1'));
  t.throws(() => loadKubeConfig({ KUBECONFIG: odd }), { instanceOf: UserError, message: /is no URL/ });
});

test('a name that stands twice is that of the first file, and a file that is not there is passed over, as kubectl does it', async (t) => {
  const second = config('https://second:6443', 'one')
    .replaceAll('token: t', 'token: second')
    .replace('current-context: one', 'current-context: two');
  const third = config('https://third:6443', 'two');
  const KUBECONFIG = [
    await file(config('https://first:6443', 'one').replace(/current-context.*/, '')),
    '/nowhere/config',
    await file(second),
    await file(third),
  ].join(':');
  const loaded = loadKubeConfig({ KUBECONFIG });
  t.is(loaded.getCurrentContext(), 'two', 'the first that is set');
  t.deepEqual(
    loaded.getClusters().map(({ name, server }) => [name, server]),
    [
      ['one', 'https://first:6443'],
      ['two', 'https://third:6443'],
    ],
  );
  t.is(loaded.getUser('one')?.token, 't');
});

test('paths are those beside their file, and a byte order mark is no part of a certificate', async (t) => {
  const path = await file(
    `\ufeff${config('https://one:6443')}`
      .replace('server:', 'certificate-authority: ca.pem, server:')
      .replace('token: t', 'client-certificate: user.pem'),
  );
  await writeFile(join(dirname(path), 'ca.pem'), '\ufeff-----BEGIN CERTIFICATE-----');
  await writeFile(join(dirname(path), 'user.pem'), '-----BEGIN CERTIFICATE-----');
  const loaded = loadKubeConfig({ KUBECONFIG: path });
  t.is(Buffer.from(loaded.getCurrentCluster()?.caData ?? '', 'base64').toString(), '-----BEGIN CERTIFICATE-----');
  t.is(await realpath(loaded.getCurrentUser()?.certFile ?? ''), await realpath(join(dirname(path), 'user.pem')));
});

test('the proxy of the cluster comes first, then that of the environment', async (t) => {
  const proxies = { https: 'http://proxy:3128/', no: ['10.0.0.0/8'] };
  const proxyOf = (text: string) => file(text).then((KUBECONFIG) => loadKubeConfig({ KUBECONFIG }, proxies).getCurrentCluster()?.proxyUrl);
  t.is(await proxyOf(config('https://api.example:6443')), 'http://proxy:3128/');
  t.is(await proxyOf(config('https://10.1.2.3:6443')), undefined);
  t.is(await proxyOf(config('https://10.1.2.3:6443').replace('server:', 'proxy-url: "http://own:1", server:')), 'http://own:1');
});

test('the token of a file counts before another, is read anew, and has no mark and no line end', async (t) => {
  const path = await file(
    config('https://one:6443')
      .replace('token: t', 'token: t, tokenFile: token')
      .replace('cluster: { server', 'cluster: { insecure-skip-tls-verify: true, server'),
  );
  const token = join(dirname(path), 'token');
  await writeFile(token, '\ufefffrom-file\n');
  const options: { headers?: Record<string, string> } = { headers: { Accept: 'x' } };
  await loadKubeConfig({ KUBECONFIG: path }).applyToHTTPSOptions(options);
  t.is(options.headers?.Authorization, 'Bearer from-file');
  await rm(token);
  await t.throwsAsync(loadKubeConfig({ KUBECONFIG: path }).applyToHTTPSOptions(options), { message: /token/ });
});
