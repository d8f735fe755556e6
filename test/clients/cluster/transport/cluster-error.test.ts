import test from 'ava';
import { ApiServer } from '../../../../src/clients/cluster/transport/api-server.ts';
import { PooledKubeConfig } from '../../../../src/clients/cluster/transport/kube-config.ts';
import { ClusterError } from '../../../../src/core/cluster.ts';
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
  'an answer that is no Status is told in one line',
  refused,
  (response) => response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Service\n  Unavailable</h1>'),
  { code: 503, reason: 'ServiceUnavailable', retry: true, message: /<h1>Service Unavailable<\/h1>/ },
);
test('an empty answer is told by its number', refused, (response) => response.writeHead(404).end(), {
  code: 404,
  reason: 'NotFound',
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
  message: /other side closed/,
});
test('a cut answer is unreachable', refused, (response) => response.writeHead(200).write('{"a":', () => response.destroy()), {
  code: 0,
  reason: 'Unreachable',
  retry: true,
  message: /other side closed|terminated/,
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
