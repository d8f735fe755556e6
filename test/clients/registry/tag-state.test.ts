import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { httpClient } from '../../../src/clients/http/http-client.ts';
import type { RegistryCredentials } from '../../../src/clients/registry/login.ts';
import { registryClient } from '../../../src/clients/registry/registry-client.ts';
import { AccessRefused, messageOf } from '../../../src/core/errors.ts';
import { certificate, key } from '../../fixtures/authority.ts';
import { json, loopback } from '../../fixtures/loopback.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const digest = `sha256:${'1'.repeat(64)}`;
const part = { digest, size: 1 };
const image = { schemaVersion: 2, config: part, layers: [part] };
const page = '<!DOCTYPE html><title>Log in</title>';

function stateIn(t: ExecutionContext, api: string, credentials?: RegistryCredentials) {
  const http = httpClient({ headersMs: 800, bodyMs: 800 });
  t.teardown(() => http.close());
  return registryClient({ api, http, ...(credentials && { credentials }) }).tag('acme/app', '1.2.3');
}

/** A registry that answers so for the manifest of the tag. */
const forTheTag =
  (answer: Answer, ping: Answer = (_, response) => json(response, 200, {})): Answer =>
  (request, response) =>
    (request.url === '/v2/acme/app/manifests/1.2.3' ? answer : ping)(request, response);

const said =
  (status: number, body: unknown = '', headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    response.writeHead(status, headers).end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));

const refused = (status: number, code: string) => said(status, { errors: [{ code, message: 'no' }] });

/** The beginning of a body, and then the end of the connection. */
const half =
  (status: number, body: unknown): Answer =>
  (_, response) => {
    const text = JSON.stringify(body);
    response.writeHead(status, { 'content-length': text.length });
    response.write(text.slice(0, text.length / 2), () => setTimeout(() => response.destroy(), 20));
  };

const taken = test.macro(async (t, answer: Answer) => {
  const { url } = await loopback(t, forTheTag(answer));
  t.deepEqual(await stateIn(t, url), { state: 'taken' });
});

for (const [what, answer] of Object.entries<Answer>({
  'an image': said(200, image),
  'an index whose image is missing': said(200, { schemaVersion: 2, manifests: [part] }),
  'an index of null': said(200, { manifests: [null] }),
  'schema 1': said(
    200,
    { schemaVersion: 1, name: 'app', fsLayers: [] },
    { 'content-type': 'application/vnd.docker.distribution.manifest.v1+json' },
  ),
  'an artifact': said(200, { mediaType: 'application/vnd.oci.artifact.manifest.v1+json', blobs: [] }),
  'a manifest of 5 MiB': said(200, Buffer.alloc(5 * 1024 ** 2, 'x')),
  nothing: said(200),
  'half a manifest': said(200, JSON.stringify(image).slice(0, 30)),
  'a manifest that breaks off': half(200, image),
  'a manifest that stalls': (_, response) => void response.writeHead(200, { 'content-length': '100' }).write('{'),
  'a manifest of another digest': said(200, image, { 'docker-content-digest': `sha256:${'0'.repeat(64)}` }),
  'something that is not JSON': said(200, Buffer.from([0x1f, 0x8b, 8, 0]), { 'content-encoding': 'gzip' }),
})) {
  test(`a tag is taken where the registry answers 200 with ${what}`, taken, answer);
}

const free = test.macro(async (t, answer: Answer) => {
  const { url } = await loopback(t, forTheTag(answer));
  t.deepEqual(await stateIn(t, url, { username: 'ada', password: 's3cret' }), { state: 'free' });
});

const knowsNo: Answer = refused(404, 'MANIFEST_UNKNOWN');
const basic: Answer = (request, response) =>
  (request.headers.authorization ? knowsNo : said(401, '', { 'www-authenticate': 'Basic realm="r"' }))(request, response);

for (const [what, answer] of Object.entries({
  'knows no such manifest': knowsNo,
  'knows no such repository': refused(404, 'NAME_UNKNOWN'),
  'has not found it, as Harbor says': refused(404, 'NOT_FOUND'),
  'says 404 and nothing else': said(404),
  'knows no such manifest, after a login': basic,
})) {
  test(`a tag is free where the registry ${what}`, free, answer);
}

/** A registry that answers a page for the tag, and so for the list of tags. */
const withTags =
  (list: Answer): Answer =>
  (request, response) =>
    (request.url === '/v2/acme/app/tags/list' ? list : said(200, {}))(request, response);
const proxyPage = said(404, page, { 'content-type': 'text/html' });

for (const [what, list] of Object.entries({
  'lacks it': said(200, { name: 'acme/app', tags: ['1.2.2'] }),
  'is empty': said(200, { name: 'acme/app', tags: null }),
  'is one of an unknown name': refused(404, 'NAME_UNKNOWN'),
})) {
  test(`a tag whose 404 gives no reason is free where the list of tags ${what}`, async (t) => {
    const { url } = await loopback(t, forTheTag(proxyPage, withTags(list)));
    t.deepEqual(await stateIn(t, url), { state: 'free' });
  });
}

test('a tag is looked for among manifests of any kind: a registry may answer 404 for kinds that were not asked for', async (t) => {
  let accept = '';
  const { url } = await loopback(t, (request, response) => {
    accept = request.headers.accept ?? '';
    json(response, 200, image);
  });
  await stateIn(t, url);
  for (const kind of ['docker.distribution.manifest.v1+prettyjws', 'oci.artifact.manifest.v1+json', 'oci.image.index.v1+json'])
    t.true(accept.includes(`application/vnd.${kind}`), kind);
  t.true(accept.endsWith('*/*'));
});

const unknown = test.macro(async (t: ExecutionContext, answer: Answer, sentence: RegExp, isRefused?: boolean, ping?: Answer) => {
  const { url } = await loopback(t, forTheTag(answer, ping));
  const found = await stateIn(t, url);
  if (found.state !== 'unknown') return t.fail(JSON.stringify(found));
  t.regex(messageOf(found.error), sentence);
  t.is(found.error instanceof AccessRefused, isRefused === true);
  t.notRegex(messageOf(found.error), /undefined|Cannot read|is not a function|TypeError/);
});

test(
  'unknown: a redirect',
  unknown,
  said(301, '', { location: 'https://sso.example.com/login' }),
  /redirected to https:\/\/sso\.example\.com/,
);
test('unknown: a page', unknown, said(200, page, { 'content-type': 'text/html; charset=utf-8' }), /returned a login page instead of/);
test('unknown: a page that does not call itself one', unknown, said(200, page), /returned a login page instead of/);
test(
  'unknown: a page that breaks off',
  unknown,
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html', 'content-length': '1000' });
    response.write(page, () => setTimeout(() => response.destroy(), 20));
  },
  /closed the connection/,
);
test('unknown: 203', unknown, said(203, image), /returned a login page instead of/);
test('unknown: 204', unknown, said(204), /does not answer as an image registry \(204/);
test(
  'unknown: the 404 page of a web server',
  unknown,
  said(404, page, { 'content-type': 'text/html' }),
  /does not answer as an image registry \(404/,
);
test('unknown: the 404 of a proxy', unknown, said(404, '404 page not found\n'), /does not answer as an image registry \(404/);
test('unknown: the 404 of a gateway', unknown, said(404, { message: 'no Route matched' }), /does not answer as an image registry \(404/);
test('unknown: a 404 for another reason', unknown, refused(404, 'DENIED'), /\(404/);
test('unknown: a 404 that breaks off', unknown, half(404, { errors: [{ code: 'MANIFEST_UNKNOWN' }] }), /closed the connection/);
test(
  'unknown: a bare 404 of what is no registry',
  unknown,
  said(404),
  /does not answer as an image registry \(404 for \/v2\/\)/,
  false,
  said(404),
);
test('unknown: a bare 404 beside a page', unknown, said(404), /login page/, false, said(200, page, { 'content-type': 'text/html' }));
for (const [what, list] of Object.entries({
  'has it': said(200, { tags: ['1.2.3'] }),
  'is as unknown': proxyPage,
  'is cut off': said(200, '{"tags": ["1.2.2"'),
  'is of another shape': said(200, { tags: { '1.2.2': {} } }),
  'goes on': said(200, { tags: ['1.2.2'] }, { link: '</v2/acme/app/tags/list?last=1.2.2>; rel="next"' }),
})) {
  test(
    `unknown: a 404 without a reason, where the list of tags ${what}`,
    unknown,
    proxyPage,
    /half an answer|\(404|says 404/,
    false,
    withTags(list),
  );
}
test(
  'unknown: a bare 404 where the list of tags has the tag',
  unknown,
  said(404),
  /says 404 for .*, but its list of tags has it: check that registry, and any proxy in front of it \(registry\.api\)$/,
  false,
  withTags(said(200, { tags: ['1.2.2', '1.2.3'] })),
);

/** What is said first, and what from then on. */
const then = (first: Answer, next: Answer): Answer => {
  let count = 0;
  return (...asked) => (count++ === 0 ? first : next)(...asked);
};

test('a bare 404 is asked for again where there is no list of tags', async (t) => {
  const { url, requests } = await loopback(t, forTheTag(said(404), withTags(said(404))));
  t.deepEqual(await stateIn(t, url), { state: 'free' });
  t.is(requests.filter((one) => one.endsWith('/manifests/1.2.3')).length, 2);
  const slow = await loopback(t, forTheTag(then(said(404), said(200, image)), withTags(said(404))));
  t.deepEqual(await stateIn(t, slow.url), { state: 'taken' });
});
for (const [what, next, sentence] of [
  ['fails', said(503), /answers 503/],
  ['is another 404', said(404, page, { 'content-type': 'text/html' }), /\(404/],
  ['is a page', said(200, page), /login page/],
] as const) {
  test(`unknown: a bare 404 after which the second answer ${what}`, async (t) => {
    await unknown.exec(t, then(said(404), next), sentence, false, withTags(said(404)));
  });
}
test('unknown: 400', unknown, refused(400, 'MANIFEST_INVALID'), /answers 400 for .*: MANIFEST_INVALID/);
test('unknown: 401', unknown, said(401, '', { 'www-authenticate': 'Basic realm="r"' }), /requires a login: set REGISTRY_USERNAME/, true);
test('unknown: a login of another kind', unknown, said(401, '', { 'www-authenticate': 'Negotiate' }), /neither Basic nor Bearer/, true);
test('unknown: 403', unknown, refused(403, 'DENIED'), /does not let anonymous users read/, true);
test('unknown: 403 that passes after a time', unknown, said(403, 'slow down', { 'retry-after': '30' }), /answers 403 for/, false);
test('unknown: 429', unknown, said(429, '', { 'retry-after': '30' }), /answers 429/);
for (const status of [500, 502, 503]) test(`unknown: ${status}`, unknown, said(status, page), new RegExp(`answers ${status}`));
test('unknown: a connection that is cut', unknown, (_, response) => void response.destroy(), /closed the connection/);
test('unknown: no answer in time', unknown, () => undefined, /did not start to answer in time/);

/** A registry that sends everybody to the token server on the same host. */
const token = (answer: Answer): [Answer, Answer] => [
  (request, response) => {
    const realm = `http://${request.headers.host}/token`;
    const isIn = request.headers.authorization?.startsWith('Bearer ');
    (isIn ? knowsNo : said(401, '', { 'www-authenticate': `Bearer realm="${realm}"` }))(request, response);
  },
  answer,
];
const tokenUnknown = test.macro(async (t: ExecutionContext, answer: Answer, sentence: RegExp, isRefused?: boolean) => {
  const [manifest, server] = token(answer);
  await unknown.exec(t, manifest, sentence, isRefused, server);
});
test('unknown: a token server that answers 429', tokenUnknown, said(429), /answered 429 to a request for a registry token/);
test(
  'unknown: a token server whose 403 passes after a time',
  tokenUnknown,
  said(403, '', { 'retry-after': '30' }),
  /answered 403 to a request for a registry token/,
);
test('unknown: a token server that answers 500', tokenUnknown, said(500), /answered 500 to a request for a registry token/);
test('unknown: a token server that refuses', tokenUnknown, said(401), /requires a login/, true);
test('unknown: a token server that shows a page', tokenUnknown, said(200, page, { 'content-type': 'text/html' }), /login page/);
test('unknown: a token server whose answer is cut', tokenUnknown, said(200, '{"token": "'), /half an answer about a registry token/);
test('unknown: a token server whose 200 breaks off', tokenUnknown, half(200, { token: 'abc' }), /closed the connection/);
test(
  'unknown: a token server whose 200 stalls',
  tokenUnknown,
  (_, response) => void response.writeHead(200, { 'content-length': '100' }).write('{'),
  /127\.0\.0\.1/,
);
test(
  'unknown: a token server elsewhere without TLS',
  unknown,
  said(401, '', { 'www-authenticate': 'Bearer realm="http://x.example/t"' }),
  /neither https/,
);

async function overTls(t: ExecutionContext) {
  const server = createTlsServer({ key, cert: certificate }, knowsNo).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

const sentenceOf = async (t: ExecutionContext, api: string) => {
  const found = await stateIn(t, api);
  return found.state === 'unknown' ? messageOf(found.error) : t.fail(found.state);
};

test('unknown: an authority that nobody knows', async (t) => {
  t.regex(String(await sentenceOf(t, `https://127.0.0.1:${await overTls(t)}`)), /certificate from an unknown authority/);
});

test('unknown: TLS that is spoken to as http, and http as TLS', async (t) => {
  t.truthy(await sentenceOf(t, `http://127.0.0.1:${await overTls(t)}`));
  const { host } = await loopback(t, knowsNo);
  t.regex(String(await sentenceOf(t, `https://${host}`)), /does not speak TLS here/);
});

test('unknown: nothing listens', async (t) => {
  t.regex(String(await sentenceOf(t, 'http://127.0.0.1:1')), /refuses the connection/);
});

test('a name that is none is unknown, and not asked for', async (t) => {
  const { url, requests } = await loopback(t, knowsNo);
  const http = httpClient();
  t.teardown(() => http.close());
  t.like(await registryClient({ api: url, http }).tag('Acme', '1'), { state: 'unknown' });
  t.deepEqual(requests, []);
});
