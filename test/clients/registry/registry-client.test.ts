import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRegistry } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { HalfAnswer } from '../../../src/clients/http/half-answer.ts';
import { httpClient } from '../../../src/clients/http/http-client.ts';
import { HttpError } from '../../../src/clients/http/http-error.ts';
import { readChallenges } from '../../../src/clients/registry/challenge.ts';
import type { RegistryCredentials } from '../../../src/clients/registry/login.ts';
import { type Registry, registryClient } from '../../../src/clients/registry/registry-client.ts';
import { UserError } from '../../../src/core/errors.ts';
import { json, type Loopback, loopback } from '../../fixtures/loopback.ts';

const [config, ...layers] = ['c', '1', '2'].map((digit) => `sha256:${digit.repeat(64)}`);
const image = JSON.stringify({
  schemaVersion: 2,
  config: { size: 100, digest: config },
  layers: [
    { size: 1_000, digest: layers[0] },
    { size: 23, digest: layers[1] },
  ],
});
const digest = digestOf(image);
const login = { username: 'ada', password: 's3cret' };
const basic = `Basic ${Buffer.from('ada:s3cret').toString('base64')}`;

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

function client(t: ExecutionContext, api: string, credentials?: RegistryCredentials): Registry {
  const http = httpClient();
  t.teardown(() => http.close());
  return registryClient({ api, http, ...(credentials && { credentials }) });
}

async function world(
  t: ExecutionContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  credentials?: RegistryCredentials,
) {
  const server = await loopback(t, answer);
  return { server, registry: client(t, server.url, credentials) };
}

test('digest, size and parts come from the manifest, whatever type it has', async (t) => {
  let accept = '';
  const { registry, server } = await world(t, (request, response) => {
    accept = request.headers.accept ?? '';
    response.writeHead(200, { 'docker-content-digest': digest }).end(image);
  });
  t.deepEqual(await registry.manifest('leafai/sample-build', 'v1'), { digest, bytes: 1_123, config, layers });
  t.deepEqual(server.requests, ['GET /v2/leafai/sample-build/manifests/v1']);
  for (const type of [
    'docker.distribution.manifest.v2',
    'docker.distribution.manifest.list.v2',
    'oci.image.manifest.v1',
    'oci.image.index.v1',
  ]) {
    t.true(accept.includes(`application/vnd.${type}+json`));
  }
});

test('the word of a registry for a digest is not taken', async (t) => {
  const sha512 = `sha512:${createHash('sha512').update(image).digest('hex')}`;
  const said = [`sha512:${'0'.repeat(128)}`, 'latest', 'sha1:x', `${digest}x`, '"\u00a0hostNetwork: true'];
  for (const word of said) {
    const { registry } = await world(t, (_, response) => void response.writeHead(200, { 'docker-content-digest': word }).end(image));
    await t.throwsAsync(registry.manifest('sample', 'v1'), { instanceOf: HttpError, message: /arrived corrupted/ }, word);
  }
  const { registry } = await world(t, (_, response) => void response.writeHead(200, { 'docker-content-digest': sha512 }).end(image));
  t.is((await registry.manifest('sample', 'v1'))?.digest, sha512, 'one of another algorithm is verified too');
});

test('where the registry does not say the digest it is computed', async (t) => {
  const { registry } = await world(t, (_, response) => void response.end(image));
  t.is((await registry.manifest('sample', 'v1'))?.digest, digest);
});

test('a manifest that is not the one of its digest is refused', async (t) => {
  const { registry } = await world(t, (_, response) => void response.end(image.replace('100', '101')));
  await t.throwsAsync(registry.manifest('sample', digest), { instanceOf: HttpError, message: /arrived corrupted/ });
});

test('of an index the size of the image for Linux on amd64 counts', async (t) => {
  const index = JSON.stringify({
    schemaVersion: 2,
    manifests: [
      { digest: `sha256:${'0'.repeat(64)}`, platform: { os: 'unknown', architecture: 'unknown' } },
      { digest: `sha256:${'1'.repeat(64)}`, platform: { os: 'linux', architecture: 'arm64' } },
      { digest, platform: { os: 'linux', architecture: 'amd64' } },
    ],
  });
  const { registry } = await world(t, (request, response) => void response.end(request.url?.endsWith(digest) ? image : index));
  t.deepEqual(await registry.manifest('sample', 'v1'), { digest: digestOf(index), bytes: 1_123 });
});

test('an image that is not there is undefined; what is no registry is an error', async (t) => {
  const { registry } = await world(t, (_, response) => json(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN' }] }));
  t.is(await registry.manifest('sample', 'v1'), undefined);
  const other = await world(t, (_, response) => void response.writeHead(404).end('<html>'));
  await t.throwsAsync(other.registry.manifest('sample', 'v1'), {
    instanceOf: UserError,
    message: /does not answer as an image registry \(404.*registry.api/,
  });
  await t.throwsAsync(other.registry.ping(), { instanceOf: UserError, message: /does not answer as an image registry/ });
});

test('a bare 404 means no image where /v2/ answers as a registry', async (t) => {
  for (const body of ['', '<html><title>Not Found</title></html>', '{"message":"not found"}']) {
    const { registry, server } = await world(t, (request, response) =>
      request.url === '/v2/' ? json(response, 200, {}) : void response.writeHead(404).end(body),
    );
    t.is(await registry.manifest('sample', 'v1'), undefined, body);
    t.deepEqual(server.requests, ['GET /v2/sample/manifests/v1', 'GET /v2/']);
  }
});

test('a 404 for missing rights, or one that was cut off, is not read as a free tag', async (t) => {
  for (const body of ['{"errors":[{"code":"DENIED","message":"no"}]}', '{"errors":[{"co']) {
    const { registry } = await world(t, (request, response) =>
      request.url === '/v2/' ? json(response, 200, {}) : void response.writeHead(404).end(body),
    );
    await t.throwsAsync(registry.manifest('sample', 'v1'), undefined, body);
  }
});

const words = test.macro(async (t, status: number, kind: typeof UserError | typeof HttpError, message: RegExp) => {
  const { registry } = await world(t, (_, response) => json(response, status, {}));
  await t.throwsAsync(registry.manifest('sample', 'v1'), { instanceOf: kind, message });
});
test('403 is said in words', words, 403, UserError, /does not let anonymous users read .*sample.* \(403\)/);
test('500 is said in words', words, 500, HttpError, /answers 500/);
test('401 without a challenge is said in words', words, 401, UserError, /neither Basic nor Bearer/);

test('something that is no manifest is an error', async (t) => {
  const { registry } = await world(t, (_, response) => void response.end('{"schemaVersion":1,"fsLayers":[]}'));
  await t.throwsAsync(registry.manifest('sample', 'v1'), { instanceOf: HttpError, message: /is not a kind of manifest/ });
});

const cutOff = image.slice(0, image.length / 2);
const other = (change: object) => JSON.stringify({ ...JSON.parse(image), ...change });
for (const [what, text] of [
  ['an index of null', '{"manifests":[null]}'],
  ['an index that is no list', '{"manifests":{}}'],
  ['an index with a digest that is none', '{"manifests":[{"digest":"sha256:1"}]}'],
  ['an index with a platform of another type', `{"manifests":[{"digest":"${digest}","platform":"linux"}]}`],
  ['layers that are null', other({ layers: null })],
  ['a layer that is null', other({ layers: [null] })],
  ['no configuration', other({ config: undefined })],
  ['a configuration without a digest', other({ config: { size: 1 } })],
  ['a size below zero', other({ layers: [{ digest: layers[0], size: -1 }] })],
  ['a size that is text', other({ layers: [{ digest: layers[0], size: '1' }] })],
  ['a size that no number holds', other({ layers: [{ digest: layers[0], size: 1e300 }] })],
  ['a digest that is cut off', other({ config: { digest: 'sha256:abc', size: 1 } })],
  ['half a manifest', cutOff],
  ['nothing', ''],
  ['null', 'null'],
  ['a list', '[]'],
  ['text', '"manifest"'],
  ['an empty object', '{}'],
] as const) {
  test(`a manifest with ${what} is half an answer, which is asked for again`, async (t) => {
    const { registry } = await world(t, (_, response) => void response.end(text));
    const error = await t.throwsAsync(registry.manifest('sample', 'v1'), { instanceOf: HalfAnswer, message: /sent half an answer about/ });
    t.true(error.retry);
  });
}

test('a registry that is not there is said by host and reason', async (t) => {
  await t.throwsAsync(client(t, 'http://127.0.0.1:1').ping(), {
    instanceOf: HttpError,
    message: '127.0.0.1:1 refuses the connection (ECONNREFUSED): nothing is listening on this port',
  });
});

test('a login is given where it is asked for, and said where it is missing or wrong', async (t) => {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.authorization === basic) response.end(request.url === '/v2/' ? '{}' : image);
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="Registry"' }).end();
  };
  const { registry, server } = await world(t, answer, login);
  t.is((await registry.manifest('sample', 'v1'))?.digest, digest);
  await registry.manifest('sample', 'v1');
  t.is(server.requests.length, 3, 'the second time it is given at once');
  t.deepEqual(await registry.ping(), { login: 'basic' });
  await t.throwsAsync(client(t, server.url).ping(), { instanceOf: UserError, message: /requires a login: set REGISTRY_USERNAME/ });
  const wrong = client(t, server.url, { ...login, password: 'wr0ng' });
  const error = await t.throwsAsync(wrong.ping(), { instanceOf: UserError, message: /refuses the login "ada"/ });
  t.false(error.message.includes('wr0ng'));
});

test('a token is fetched for the scope of the image, kept, and fetched again when it has ended', async (t) => {
  const asked: (string | undefined)[] = [];
  let tokens = 0;
  const server: Loopback = await loopback(t, (request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    if (url.pathname === '/token') {
      asked.push(`${url.searchParams.get('service')} ${url.searchParams.get('scope')}`, request.headers.authorization);
      return json(response, 200, { token: `t${++tokens}`, expires_in: tokens === 1 ? 300 : 5 });
    }
    const scope = `repository:${url.pathname.split('/')[2]}:pull`;
    const challenge = `Bearer realm="${server.url}/token",service="the registry",scope="${scope}"`;
    if (request.headers.authorization === `Bearer t${tokens}` && tokens > 0) response.end(image);
    else response.writeHead(401, { 'www-authenticate': challenge }).end();
  });
  const registry = client(t, server.url, login);
  await registry.manifest('a', 'v1');
  await registry.manifest('a', 'v2');
  t.deepEqual(asked, ['the registry repository:a:pull', basic]);
  await registry.manifest('b', 'v1');
  await registry.manifest('b', 'v1');
  t.is(tokens, 3, 'a token of five seconds is as good as ended');
});

test('the login does not follow to a token server without TLS', async (t) => {
  const { registry, server } = await world(
    t,
    (_, response) => void response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://evil.example.com/token"' }).end(),
    login,
  );
  await t.throwsAsync(registry.manifest('a', 'v1'), { instanceOf: UserError, message: /neither https nor the registry itself/ });
  t.is(server.requests.length, 1);
});

test('names that are none are refused before anything is asked', async (t) => {
  const { registry, server } = await world(t, (_, response) => void response.end(image));
  for (const name of ['', 'A', 'a/../b', 'a//b', '/a', 'a?x', 'a b'])
    await t.throwsAsync(registry.manifest(name, 'v1'), { instanceOf: UserError });
  for (const reference of ['', '-x', 'a/b', 'x'.repeat(129)])
    await t.throwsAsync(registry.manifest('a', reference), { instanceOf: UserError });
  t.deepEqual(server.requests, []);
});

test('the stand-in registry is understood', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-registry-'));
  const server = await startRegistry({ folder });
  t.teardown(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  const registry = client(t, server.url);
  t.deepEqual(await registry.ping(), { login: 'none' });
  t.is(await registry.manifest('leafai/none', 'v1'), undefined);
});

test('a wrong login is told even where reading needs none', async (t) => {
  const noLogin = { 'www-authenticate': 'Basic realm="r"' };
  const looks = await loopback(t, ({ headers }, response) =>
    headers.authorization && headers.authorization !== basic ? void response.writeHead(401, noLogin).end() : json(response, 200, {}),
  );
  const onlyForWriting = await loopback(t, ({ method, headers }, response) => {
    if (method === 'GET') return json(response, 200, {});
    response.writeHead(headers.authorization === basic ? 405 : 401, noLogin).end();
  });
  for (const { url } of [looks, onlyForWriting]) {
    await t.throwsAsync(client(t, url, { ...login, password: 'wr0ng' }).ping(), {
      instanceOf: UserError,
      message: /refuses the login "ada": check REGISTRY_USERNAME and REGISTRY_PASSWORD/,
    });
  }
  t.deepEqual(await client(t, onlyForWriting.url, login).ping(), { login: 'basic' });
  t.deepEqual(await client(t, looks.url, login).ping(), { login: 'none', unproven: true });
  t.deepEqual(await client(t, looks.url).ping(), { login: 'none' });
});

test('what is hidden from anonymous users is asked for with the login', async (t) => {
  const hides = (request: IncomingMessage, response: ServerResponse) =>
    request.headers.authorization === basic ? void response.end(image) : json(response, 404, { errors: [{ code: 'NAME_UNKNOWN' }] });
  const { registry } = await world(t, hides, login);
  t.is((await registry.manifest('sample', 'v1'))?.digest, digest);
  t.is(await (await world(t, hides)).registry.manifest('sample', 'v1'), undefined);
});

test('a web page, or other JSON, at /v2/ is not a registry', async (t) => {
  const pages = [
    ['text/html', '<html><title>Welcome</title></html>'],
    ['application/json', '{"status":"ok"}'],
    ['text/plain', 'hello'],
  ] as const;
  for (const [type, body] of pages) {
    const { registry } = await world(t, (_, response) => void response.writeHead(200, { 'content-type': type }).end(body));
    await t.throwsAsync(registry.ping(), { instanceOf: UserError, message: /check registry\.api/ }, body);
  }
  for (const [headers, body] of [
    [{ 'Docker-Distribution-Api-Version': 'registry/2.0' }, '{"any":1}'],
    [{}, 'true'],
    [{}, '{}\n'],
    [{}, ''],
  ] as const) {
    const { registry } = await world(t, (_, response) => void response.writeHead(200, headers).end(body));
    t.deepEqual(await registry.ping(), { login: 'none' });
  }
});

/** A registry whose token server answers so. */
async function withTokens(t: ExecutionContext, token: (request: IncomingMessage, response: ServerResponse) => void, accepted = 'good') {
  const server: Loopback = await loopback(t, (request, response) => {
    if (request.url?.startsWith('/token') || request.url?.startsWith('/other')) return token(request, response);
    if (request.headers.authorization === `Bearer ${accepted}`) return void response.end(request.url === '/v2/' ? '{}' : image);
    const reason = request.headers.authorization?.startsWith('Bearer') ? ',error="insufficient_scope"' : '';
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${server.url}/token",service="s"${reason}` }).end();
  });
  return { registry: client(t, server.url, login), server };
}

test('of token and access_token the one that is not empty counts', async (t) => {
  for (const answer of [
    { token: '', access_token: 'good' },
    { token: null, access_token: 'good', expires_in: '300' },
    { token: 'good', access_token: '' },
  ]) {
    const { registry } = await withTokens(t, (_, response) => json(response, 200, answer));
    t.is((await registry.manifest('sample', 'v1'))?.digest, digest);
  }
  for (const answer of [{}, { token: '' }, null, { access_token: 5 }]) {
    const { registry } = await withTokens(t, (_, response) => json(response, 200, answer));
    await t.throwsAsync(registry.manifest('sample', 'v1'), { instanceOf: HalfAnswer, message: /half an answer about a registry token/ });
  }
});

test('a token server may redirect on its own host, with the login, and nowhere else', async (t) => {
  const near = await withTokens(t, (request, response) => {
    if (request.url?.startsWith('/token')) return void response.writeHead(307, { location: '/other?x=1' }).end();
    json(response, 200, { token: request.headers.authorization === basic ? 'good' : 'anonymous' });
  });
  t.is((await near.registry.manifest('sample', 'v1'))?.digest, digest);
  const elsewhere = await loopback(t, (_, response) => json(response, 200, { token: 'good' }));
  const far = await withTokens(t, (_, response) => void response.writeHead(302, { location: `${elsewhere.url}/login` }).end());
  await t.throwsAsync(far.registry.manifest('sample', 'v1'), {
    instanceOf: UserError,
    message: /^The token server .* redirected to .*\/login instead of returning a token; redirects are not followed: correct the realm/,
  });
  t.is(elsewhere.requests.length, 0);
  const circle = await withTokens(t, (_, response) => void response.writeHead(302, { location: '/token' }).end());
  await t.throwsAsync(circle.registry.manifest('sample', 'v1'), { message: /redirects endlessly/ });
});

test('a missing right is not a wrong password', async (t) => {
  const narrow = await withTokens(t, (_, response) => json(response, 200, { token: 'narrow' }));
  await t.throwsAsync(narrow.registry.manifest('sample', 'v1'), {
    instanceOf: UserError,
    message: /does not let the login "ada" read \/v2\/sample\/manifests\/v1 \(insufficient_scope\): give it the right to pull there/,
  });
  const denied = await withTokens(t, (_, response) => json(response, 403, { errors: [{ code: 'DENIED', message: 'not yours' }] }));
  await t.throwsAsync(denied.registry.manifest('sample', 'v1'), {
    message: /gives the login "ada" no token for repository:sample:pull \(403, DENIED: not yours\): check its rights there/,
  });
  const wrong = await withTokens(t, (_, response) => json(response, 401, { details: 'incorrect username or password' }));
  await t.throwsAsync(wrong.registry.manifest('sample', 'v1'), {
    message: /refuses the login "ada" \(401 from .*\): check REGISTRY_USERNAME/,
  });
  const page = await withTokens(t, (_, response) => void response.writeHead(404, { 'content-type': 'text/html' }).end('<html>gone</html>'));
  await t.throwsAsync(page.registry.manifest('sample', 'v1'), {
    message: /token server .*\/token answers 404, gone to a request .*: check the realm/,
  });
});

test('a token server that asks to wait is left alone, with and without Retry-After', async (t) => {
  for (const headers of [{ 'retry-after': '30' }, {}] as Record<string, string>[]) {
    const limited = await loopback(t, (_, response) => void response.writeHead(429, headers).end());
    // The server of the tokens is named by another host name, so that only it is left alone.
    const realm = limited.url.replace('127.0.0.1', 'localhost');
    const server = await loopback(t, (_, response) => {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}/token"` }).end();
    });
    const registry = client(t, server.url.replace('127.0.0.1', 'localhost'));
    const first = await t.throwsAsync(registry.manifest('sample', 'v1'), { instanceOf: HttpError, message: /answered 429/ });
    t.true((first as HttpError).retryAt instanceof Date);
    for (let tries = 0; tries < 3; tries++)
      await t.throwsAsync(registry.manifest('sample', 'v1'), { instanceOf: HttpError, message: /has asked to wait for \d+ s/ });
    t.is(limited.requests.length, 1);
  }
});

const reads = test.macro((t, header: string, expected: readonly (readonly [string, Record<string, string>])[]) => {
  t.deepEqual(
    readChallenges(header).map(({ scheme, parameters }) => [scheme, { ...parameters }]),
    expected.map(([scheme, parameters]) => [scheme, parameters]),
  );
});

test('Basic', reads, 'Basic realm="Registry Realm"', [['basic', { realm: 'Registry Realm' }]]);
test('Bearer', reads, 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"', [
  ['bearer', { realm: 'https://auth.docker.io/token', service: 'registry.docker.io', scope: 'repository:a/b:pull,push' }],
]);
test('two in one header', reads, 'Basic realm="x", Bearer realm="y"', [
  ['basic', { realm: 'x' }],
  ['bearer', { realm: 'y' }],
]);
test('without quotes, with blanks and escapes', reads, 'bearer REALM = y, service="a \\"b\\""', [
  ['bearer', { realm: 'y', service: 'a "b"' }],
]);
test('nothing', reads, '', []);
