import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { ApiServer } from '../../../../src/clients/cluster/transport/api-server.ts';
import { loadKubeConfig, PooledKubeConfig } from '../../../../src/clients/cluster/transport/kube-config.ts';
import { Reachability } from '../../../../src/clients/cluster/transport/reachability.ts';
import { ClusterError } from '../../../../src/core/cluster.ts';
import { UserError } from '../../../../src/core/errors.ts';
import { type Answer, ScriptedApi, status } from '../scripted-api.ts';

interface Expected {
  readonly code: number;
  readonly reason: string;
  readonly retry: boolean;
  readonly message: RegExp;
  readonly timeoutMs?: number;
}

const refused = test.macro(async (t, answer: Answer, { timeoutMs = 30_000, ...expected }: Expected) => {
  const scripted = await ScriptedApi.start();
  t.teardown(() => scripted.stop());
  scripted.on(() => true, answer);
  const error = await t.throwsAsync(new ApiServer(scripted.kubeConfig()).json({ doing: 'read it', path: '/it', timeoutMs }), {
    instanceOf: ClusterError,
  });
  t.like(error, { code: expected.code, reason: expected.reason, retry: expected.retry });
  t.regex(error.message, expected.message);
});

test('a Status is told with its reason and message', refused, status(403, 'Forbidden', 'pods is forbidden'), {
  code: 403,
  reason: 'Forbidden',
  retry: false,
  message: /^Kubernetes refused to read it: pods is forbidden$/,
});
test('too many requests may be asked again', refused, status(429, 'TooManyRequests', 'wait'), {
  code: 429,
  reason: 'TooManyRequests',
  retry: true,
  message: /wait/,
});
test('two creations that a quota counts at once may be asked again', refused, status(409, 'Conflict', 'Operation cannot be fulfilled'), {
  code: 409,
  reason: 'Conflict',
  retry: true,
  message: /Operation cannot be fulfilled/,
});
test('a token that is being renewed may be asked again with', refused, status(401, 'Unauthorized', 'Unauthorized'), {
  code: 401,
  reason: 'Unauthorized',
  retry: true,
  message: /Unauthorized/,
});
test(
  'a server that has not read its roles yet may be asked again',
  refused,
  status(403, 'Forbidden', 'jobs is forbidden: User "bot" cannot create resource "jobs": RBAC: clusterrole "coxswain" not found'),
  { code: 403, reason: 'Forbidden', retry: true, message: /RBAC/ },
);
test('a failure of the server may be asked again', refused, status(500, 'InternalError', 'etcd'), {
  code: 500,
  reason: 'InternalError',
  retry: true,
  message: /etcd/,
});
test(
  'an answer that is no Status is told by its number, a page not at all',
  refused,
  (response) => response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Service\n  Unavailable</h1>'),
  { code: 503, reason: 'ServiceUnavailable', retry: true, message: /refused to read it: Service Unavailable$/ },
);
test('an empty answer is told by its number', refused, (response) => response.writeHead(404).end(), {
  code: 404,
  // Not the API server's own word: nothing is gone because of it.
  reason: 'Unknown',
  retry: false,
  message: /HTTP 404/,
});
test('no answer in time is unreachable', refused, () => {}, {
  code: 0,
  reason: 'Unreachable',
  retry: true,
  message: /http:\/\/127.*cannot be reached to read it: it did not answer in time/,
  timeoutMs: 200,
});
test('a cut connection is unreachable', refused, (response) => response.destroy(), {
  code: 0,
  reason: 'Unreachable',
  retry: true,
  message: /closed the connection before the answer was complete/,
});
test('a cut answer is unreachable', refused, (response) => response.writeHead(200).write('{"a":', () => response.destroy()), {
  code: 0,
  reason: 'Unreachable',
  retry: true,
  message: /closed the connection before the answer was complete/,
});
test('half of an answer is unreachable', refused, (response) => response.end('{"a":'), {
  code: 0,
  reason: 'Unreachable',
  retry: true,
  message: /JSON/,
});

test('a server that is not there is unreachable, and named', async (t) => {
  // Port 2: one from which nobody who starts meanwhile can answer, as on a port that has just become free.
  const kubeConfig = new PooledKubeConfig();
  const cluster = { name: 'c', server: 'http://127.0.0.1:2', skipTLSVerify: true };
  kubeConfig.loadFromClusterAndUser(cluster, { name: 'u' });
  t.teardown(() => kubeConfig.close());
  const api = new ApiServer(kubeConfig);
  const error = await t.throwsAsync(api.json({ doing: 'read it', path: '/it' }), { instanceOf: ClusterError });
  t.regex(error.message, /^The Kubernetes API server at http:\/\/127\.0\.0\.1:\d+ cannot be reached to read it: .*ECONNREFUSED/);
});

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
  t.throws(() => loadKubeConfig({ KUBECONFIG }), { instanceOf: UserError, message: /plain http, which is only allowed for loopback/ });
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
  t.throws(() => loadKubeConfig({ KUBECONFIG: odd }), { instanceOf: UserError, message: /is not a URL/ });
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

function told(wait: number) {
  const said: (string | undefined)[] = [];
  let heard = () => {};
  const reachability = new Reachability((message) => {
    said.push(message);
    heard();
  }, wait);
  return {
    reachability,
    said,
    next: () =>
      new Promise<void>((resolve) => {
        heard = resolve;
      }),
  };
}

test('a moment of trouble is not said', (t) => {
  const { reachability, said } = told(60_000);
  reachability.down('Jobs', 'reset');
  reachability.up('Jobs');
  t.deepEqual(said, []);
});

test('trouble that lasts is said once, and its end when every source is up again', async (t) => {
  const { reachability, said, next } = told(20);
  const saidIt = next();
  reachability.down('Jobs', 'refused');
  reachability.down('pods', 'refused too');
  await saidIt;
  reachability.down('Jobs', 'refused');
  reachability.up('Jobs');
  reachability.up('pods');
  reachability.up('pods');
  t.deepEqual(said, ['refused', undefined]);
});

test('another cause of the same trouble is said', async (t) => {
  const { reachability, said, next } = told(1);
  const saidIt = next();
  reachability.down('Jobs', 'refused');
  await saidIt;
  reachability.down('Jobs', 'forbidden');
  t.deepEqual(said, ['refused', 'forbidden']);
});
