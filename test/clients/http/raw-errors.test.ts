import { once } from 'node:events';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { withGithubErrors } from '../../../src/clients/github/github-error.ts';
import { octokitFor } from '../../../src/clients/github/octokit.ts';
import { HalfAnswer } from '../../../src/clients/http/half-answer.ts';
import { httpClient, webClient } from '../../../src/clients/http/http-client.ts';
import { HttpError } from '../../../src/clients/http/http-error.ts';
import { registryClient } from '../../../src/clients/registry/registry-client.ts';
import { withSlackErrors } from '../../../src/clients/slack/outbound/errors.ts';
import { slackWeb } from '../../../src/clients/slack/web.ts';
import { messageOf } from '../../../src/core/errors.ts';
import { certificate, key } from '../../fixtures/authority.ts';
import { loopback } from '../../fixtures/loopback.ts';

/** What only developers understand, and what is no cause at all. */
const raw =
  /Invalid URL|SSL routines|error:0|fetch failed|terminated|Unexpected (end|token)|is not valid JSON|Cannot read|undefined|\[object|other side closed|assert|^\s*$|: $|\(\)|<\/?(html|head|body|title)/i;

const quiet = { info() {}, warn() {}, error() {} };
const remedies = { 401: '', 403: '', 404: '', 422: '' };

/** What each client says about a server. */
async function saidBy(t: ExecutionContext, url: string): Promise<Record<string, string>> {
  const [http, web] = [httpClient({ headersMs: 3_000, bodyMs: 3_000, connectMs: 5_000 }), webClient({ no: [] })];
  t.teardown(async () => void (await Promise.all([http.close(), web.close()])));
  const octokit = octokitFor({ token: 't', baseUrl: url, log: quiet, retryMs: 1, web, paced: false, timeoutMs: 2_000 });
  const { host } = new URL(url);
  const asks: Record<string, () => Promise<unknown>> = {
    http: () => http.request(`${url}/`, { timeoutMs: 10_000 }),
    registry: () => registryClient({ api: url, http }).ping(),
    github: () => withGithubErrors(host, remedies)('the repository a/b', () => octokit.rest.repos.get({ owner: 'a', repo: 'b' })),
    slack: () => withSlackErrors('post', () => slackWeb({ token: 'xoxb-1', apiUrl: `${url}/api/`, log: quiet, web }).auth.test()),
  };
  const said = Object.entries(asks).map(async ([name, ask]) => [name, await ask().then(() => '', messageOf)] as const);
  return Object.fromEntries((await Promise.all(said)).filter(([, text]) => text !== ''));
}

async function bytes(t: ExecutionContext, answer: string | Buffer, options: { reset?: boolean; stay?: boolean } = {}): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      if (options.reset) return void socket.resetAndDestroy();
      if (options.stay) socket.write(answer);
      else socket.end(answer);
    });
    t.teardown(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function tls(t: ExecutionContext, options: ServerOptions): Promise<string> {
  const server = createTlsServer({ key, cert: certificate, ...options }, (_, response) => response.end('{}'));
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const inWords = test.macro(async (t, url: (t: ExecutionContext) => Promise<string> | string, words: RegExp) => {
  const said = await saidBy(t, await url(t));
  t.true(Object.keys(said).length > 0);
  for (const [client, text] of Object.entries(said)) {
    t.notRegex(text, raw, client);
    // Octokit drops the error of a body that breaks off, and hands out nothing.
    if (!/ (without data|half an answer)/.test(text)) t.regex(text, words, client);
  }
});

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const sends =
  (answer: string | Buffer, options?: { reset?: boolean; stay?: boolean }) =>
  async (t: ExecutionContext): Promise<string> =>
    `http://${await bytes(t, answer, options)}`;

test('nothing listens', inWords, () => 'http://127.0.0.1:1111', /refuses the connection \(ECONNREFUSED\)/);
test(
  'nothing listens at any address of a name',
  inWords,
  () => 'http://localhost:1111',
  /localhost:1111 refuses the connection \(ECONNREFUSED\)/,
);
test('a name without address', inWords, () => 'http://none.invalid', /none\.invalid (has no address|cannot be resolved)/);
test('closed at once', inWords, sends(''), /closed the connection/);
test('reset', inWords, sends('', { reset: true }), /closed the connection/);
test('silent', inWords, sends('', { stay: true }), /did not start to answer in time|did not answer|no answer in time/);
test('a cut body', inWords, sends(`${head}content-length: 100\r\n\r\n{"a":`), /closed the connection before the answer was complete/);
test(
  'a cut chunk',
  inWords,
  sends(`${head}transfer-encoding: chunked\r\n\r\n50\r\n{"a":`),
  /closed the connection before the answer was complete/,
);
test('a cut list of chunks', inWords, sends(`${head}transfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n`), /closed the connection before/);
test(
  'a wrong chunk',
  inWords,
  sends(`${head}transfer-encoding: chunked\r\n\r\nzz\r\n`),
  /not valid HTTP \(Invalid character in chunk size\)/,
);
test('a stalled body', inWords, sends(`${head}content-length: 9\r\n\r\n{`, { stay: true }), /stopped in the middle|did not answer|in time/);
test('no HTTP', inWords, sends('SSH-2.0-OpenSSH_9.2\r\n'), /does not answer with HTTP: is it an https address, or another service\?/);
test('headers without end', inWords, sends(`${head}x: ${'x'.repeat(200_000)}\r\n\r\n`), /headers that are too large/);
test(
  'a wrong header',
  inWords,
  sends('HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n'),
  /not valid HTTP \(Invalid character in Content-Length\)/,
);
test(
  'a damaged gzip',
  inWords,
  sends(`${head}content-encoding: gzip\r\ncontent-length: 4\r\n\r\nabcd`),
  /compressed body is damaged or was cut off/,
);
test(
  'an https server asked by http',
  inWords,
  async (t) => (await tls(t, {})).replace('https', 'http'),
  /closed the connection|does not answer with HTTP/,
);
test(
  'an http server asked by https',
  inWords,
  async (t) => `https://${await bytes(t, 'HTTP/1.1 400 Bad\r\n\r\n')}`,
  /does not speak TLS here/,
);
test('an unknown authority', inWords, (t) => tls(t, {}), /unknown authority/);
const old: ServerOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' };
test('an old TLS', inWords, (t) => tls(t, old), /does not speak a version of TLS that is still secure/);
test(
  'no shared cipher',
  inWords,
  (t) => tls(t, { maxVersion: 'TLSv1.2', ciphers: 'NULL-SHA256:@SECLEVEL=0' }),
  /refuses the TLS connection|TLS handshake/,
);
const json = (body: string) => sends(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
for (const body of ['', '{"ok":', 'null', '[]', '"x"', '5', 'hello', '<html><title>Welcome</title></html>', '{}', '{"ok":true}']) {
  test(`200 with ${body === '' ? 'nothing' : body} instead of data`, inWords, json(body), /./);
}
const error = (status: number, body: string) =>
  sends(`HTTP/1.1 ${status} X\r\ncontent-type: text/html\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
for (const status of [302, 400, 401, 403, 404, 405, 409, 410, 422, 500, 502, 503]) {
  test(`a page with ${status}`, inWords, error(status, `<html><head><title>${status} No</title></head><body>x</body></html>`), /./);
}
for (const location of ['http://a:99999/', 'https://', '//', 'http://[::1', '\\\\']) {
  test(`a redirect to ${location}`, inWords, sends(`HTTP/1.1 302 Found\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`), /./);
}
test('a port that does not exist cannot be asked', async (t) => {
  const http = httpClient();
  t.teardown(() => http.close());
  const error = await t.throwsAsync(http.request('http://127.0.0.1:99999/'), { instanceOf: HttpError });
  t.is(error.message, '"http://127.0.0.1:99999/" is not a valid URL');
});

test('a client certificate is what is missing where a server requires one', async (t) => {
  const url = await tls(t, { requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' });
  const http = httpClient({ ca: certificate });
  t.teardown(() => http.close());
  const error = await t.throwsAsync(http.request(url), { instanceOf: HttpError });
  t.notRegex(error.message, raw);
  t.log(error.message);
});

test('a body is decoded although no coding was asked for', async (t) => {
  const codings: Record<string, (text: Buffer) => Uint8Array> = {
    gzip: gzipSync,
    'X-GZip': gzipSync,
    deflate: deflateSync,
    br: brotliCompressSync,
    zstd: zstdCompressSync,
    identity: Buffer.from,
  };
  const http = httpClient();
  t.teardown(() => http.close());
  for (const [coding, encode] of Object.entries(codings)) {
    const server = await loopback(
      t,
      (_, response) => void response.writeHead(200, { 'content-encoding': coding }).end(encode(Buffer.from('{"a":1}'))),
    );
    t.is((await http.request(server.url)).text(), '{"a":1}', coding);
  }
  const twice = await loopback(
    t,
    (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip, br' }).end(brotliCompressSync(gzipSync('two'))),
  );
  t.is((await http.request(twice.url)).text(), 'two');
  const none = await loopback(t, (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end());
  t.is((await http.request(none.url)).text(), '');
});

test('what decodes to more than the limit is refused, and a coding that nobody knows is named', async (t) => {
  const http = httpClient();
  t.teardown(() => http.close());
  const bomb = await loopback(
    t,
    (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20_000_000))),
  );
  await t.throwsAsync(http.request(bomb.url, { maxBytes: 1_000_000 }), { message: /answers with more than 1000000 bytes/ });
  const cut = await loopback(
    t,
    (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('hello').subarray(0, 12)),
  );
  await t.throwsAsync(http.request(cut.url), { instanceOf: HalfAnswer });
  const odd = await loopback(t, (_, response) => void response.writeHead(200, { 'content-encoding': 'compress' }).end('x'));
  await t.throwsAsync(http.request(odd.url), { message: /in the content coding "compress"; coxswain has not asked for it: turn it off/ });
});
