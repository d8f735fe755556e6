import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { octokitFor } from '../../../src/clients/github/octokit.ts';
import { HostLimits, waitIn } from '../../../src/clients/http/host-limits.ts';
import { type Http, type HttpOptions, httpClient } from '../../../src/clients/http/http-client.ts';
import { HttpError } from '../../../src/clients/http/http-error.ts';
import { certificate, key } from '../../fixtures/authority.ts';
import { loopback } from '../../fixtures/loopback.ts';

function client(t: ExecutionContext, options: HttpOptions = {}): Http {
  const http = httpClient(options);
  t.teardown(() => http.close());
  return http;
}

/** A server that speaks bytes, not HTTP. */
async function raw(
  t: ExecutionContext,
  onData: (write: (text: string) => void, end: () => void, request: number) => void,
): Promise<string> {
  let requests = 0;
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () =>
      onData(
        (text) => socket.write(text),
        () => socket.destroy(),
        ++requests,
      ),
    );
    t.teardown(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('any status is an answer, with headers and body; redirects are not followed', async (t) => {
  const { url, requests } = await loopback(
    t,
    (request, response, body) =>
      void response.writeHead(302, { location: '/x', 'X-Sent': `${request.headers['x-a']} ${body}` }).end('see /x'),
  );
  const answer = await client(t).request(`${url}/path?q=1`, { method: 'POST', headers: { 'x-a': '1' }, body: 'hello' });
  t.deepEqual(
    [answer.status, answer.header('location'), answer.header('x-sent'), answer.header('x-none'), answer.text()],
    [302, '/x', '1 hello', undefined, 'see /x'],
  );
  t.deepEqual(requests, ['POST /path?q=1']);
});

test('connections are kept and not more than eight', async (t) => {
  const server = await loopback(t, (_, response) => void response.end());
  const http = client(t);
  await Promise.all(Array.from({ length: 100 }, () => http.request(server.url)));
  t.true(server.connections() <= 8);
  t.is(server.requests.length, 100);
});

test('a body that is too long is cut short', async (t) => {
  const { url, host } = await loopback(t, (_, response) => void response.end('x'.repeat(2_000_000)));
  await t.throwsAsync(client(t).request(url, { maxBytes: 1_000_000 }), {
    instanceOf: HttpError,
    message: `${host} answers with more than 1000000 bytes`,
  });
});

test('a server that does not begin to answer, or stops, is left', async (t) => {
  const silent = await raw(t, () => undefined);
  const http = client(t, { headersMs: 100, bodyMs: 100 });
  await t.throwsAsync(http.request(`http://${silent}`), { instanceOf: HttpError, message: `${silent} did not start to answer in time` });
  const stops = await raw(t, (write) => write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'));
  await t.throwsAsync(http.request(`http://${stops}`), { instanceOf: HttpError, message: `${stops} stopped in the middle of its answer` });
});

test('an error of the body has what had arrived before: status and headers; one without a response has nothing', async (t) => {
  const http = client(t, { bodyMs: 100 });
  const answers = { long: 'content-length: 999\r\n\r\n'.padEnd(999, 'x'), cut: 'content-length: 9\r\n\r\nabc' };
  for (const [how, answer] of Object.entries(answers)) {
    const host = await raw(t, (write, end) => {
      write(`HTTP/1.1 206 Partial\r\nx-how: ${how}\r\n${answer}`);
      if (how === 'cut') setTimeout(end, 20);
    });
    const error = await t.throwsAsync(http.request(`http://${host}`, { maxBytes: 100 }), { instanceOf: HttpError });
    t.deepEqual([error.head?.status, error.head?.header('x-how')], [206, how]);
  }
  const none = await t.throwsAsync(http.request('http://127.0.0.1:1'), { instanceOf: HttpError });
  t.is(none.head, undefined);
});

test('a server that drips is left after the whole time', async (t) => {
  const host = await raw(t, (write) => {
    write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
    const drip = setInterval(() => write('x'), 20);
    t.teardown(() => clearInterval(drip));
  });
  await t.throwsAsync(client(t).request(`http://${host}`, { timeoutMs: 200 }), {
    instanceOf: HttpError,
    message: `${host} did not answer within 0.2 s`,
  });
});

test('a connection that was cut is tried once more where the request may be repeated', async (t) => {
  const host = await raw(t, (write, end, request) => (request % 2 === 1 ? end() : write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')));
  const http = client(t);
  t.is((await http.request(`http://${host}`)).text(), 'ok');
  const error = await t.throwsAsync(http.request(`http://${host}`, { method: 'POST' }), {
    instanceOf: HttpError,
    message: /closed the connection/,
  });
  t.true(error.retry);
});

test('an aborted request throws what it was aborted with', async (t) => {
  const host = await raw(t, () => undefined);
  await t.throwsAsync(client(t).request(`http://${host}`, { signal: AbortSignal.timeout(50) }), { name: 'TimeoutError' });
  await t.throwsAsync(client(t).request(`http://${host}`, { signal: AbortSignal.abort(new Error('stopped')) }), { message: 'stopped' });
});

test('an http address that is asked by https, and the other way round', async (t) => {
  const { host } = await loopback(t, (_, response) => void response.end());
  const error = await t.throwsAsync(client(t).request(`https://${host}`), {
    instanceOf: HttpError,
    message: /does not speak TLS here: is it an http address/,
  });
  t.false(error.retry);
  const tls = await raw(t, (write) => write('\u0015\u0003\u0001'));
  await t.throwsAsync(client(t).request(`http://${tls}`), { instanceOf: HttpError, message: /does not answer with HTTP/ });
});

test('a name without address and a port without server are told apart', async (t) => {
  await t.throwsAsync(client(t).request('http://none.invalid'), { message: /^none.invalid has no address/ });
  await t.throwsAsync(client(t).request('http://127.0.0.1:1'), { message: /^127.0.0.1:1 refuses the connection/ });
});

test('a proxy is used where it is given, but for the hosts that are left out', async (t) => {
  const target = await loopback(t, (_, response) => void response.end('direct'));
  const proxy = await loopback(t, (_, response) => void response.end('by proxy'));
  const through = { http: proxy.url, no: [] };
  t.is((await client(t, { proxies: { ...through, no: ['127.0.0.1'] } }).request(target.url)).text(), 'direct');
  t.is((await client(t, {}).request(target.url)).text(), 'direct');
  const tunnel = client(t, { proxies: through, headersMs: 300 });
  await tunnel.request(target.url).catch(() => undefined);
  t.is(target.requests.length, 2, 'the third went to the proxy');
});

test('a server of an authority of our own is trusted where its certificate is given, and only there', async (t) => {
  const server = createTlsServer({ key, cert: certificate }, (_, response) => response.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  t.is((await client(t, { ca: certificate }).request(url)).text(), 'hello');
  const refused = await t.throwsAsync(client(t).request(url), { instanceOf: HttpError });
  t.regex(refused.message, /from an unknown authority .*NODE_EXTRA_CA_CERTS/);
});

const date = 'Fri, 02 Jan 2026 03:04:05 GMT';

test('a wait is read in seconds and as a date, against the clock of the server, and is an hour at most', (t) => {
  t.is(waitIn({ retryAfter: '120' }), 120_000);
  t.is(waitIn({ retryAfter: '5, 5' }), 5_000);
  t.is(waitIn({ retryAfter: 'Fri, 02 Jan 2026 03:05:05 GMT', date }), 60_000);
  t.is(waitIn({ retryAfter: 'Fri, 02 Jan 2026 03:00:00 GMT', date }), 0);
  t.is(waitIn({ retryAfter: '999999999' }), 3_600_000);
  t.is(waitIn({ retryAfter: 'Fri, 02 Jan 2099 00:00:00 GMT', date }), 3_600_000);
  t.is(waitIn({ reset: String(Date.parse(date) / 1_000 + 90), date }), 90_000);
  for (const retryAfter of ['', 'soon', '-5', '1e9', 'Infinity', '99999999999999'])
    t.is(waitIn({ retryAfter, date }), undefined, retryAfter);
});

test('one host waits and no other', (t) => {
  const limits = new HostLimits();
  limits.hold('a.example', 60_000);
  limits.hold('a.example', 1_000);
  t.true(limits.left('a.example') > 59_000);
  t.is(limits.left('b.example'), 0);
  const error = t.throws(() => limits.demand('a.example'), { instanceOf: HttpError, message: 'a.example has asked to wait for 60 s' });
  t.true(Math.abs((error?.retryAt?.getTime() ?? 0) - Date.now() - 60_000) < 1_000);
});

/** A server that answers each request in the same way, and counts them. */
async function answering(t: ExecutionContext, answer: (response: ServerResponse) => void) {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
}

for (const retryAfter of ['60', new Date(Date.now() + 60_000).toUTCString()]) {
  test(`asked to wait by "${retryAfter.slice(0, 3)}", no client asks that host again, GitHub's among them`, async (t) => {
    const { url, asked } = await answering(t, (response) => response.writeHead(429, { 'retry-after': retryAfter }).end());
    const [one, other] = [httpClient(), httpClient()];
    const answer = await one.request(url);
    t.true((answer.retryAt?.getTime() ?? 0) > Date.now() + 55_000);
    const refused = await t.throwsAsync(other.request(`${url}/else`), { instanceOf: HttpError, message: /has asked to wait for \d+ s/ });
    t.true((refused as HttpError).retryAt instanceof Date);
    const octokit = octokitFor({ token: 't', baseUrl: url, log: { info() {}, warn() {}, error() {} }, retryMs: 1 });
    await t.throwsAsync(octokit.rest.repos.get({ owner: 'a', repo: 'b' }));
    t.is(asked(), 1);
    await Promise.all([one.close(), other.close()]);
  });
}

test('what GitHub says of its limit holds for whoever else asks there', async (t) => {
  const reset = String(Math.ceil(Date.now() / 1_000) + 50);
  const { url, asked } = await answering(t, (response) =>
    response
      .writeHead(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset, 'content-type': 'application/json' })
      .end('{"message":"no"}'),
  );
  const octokit = octokitFor({ token: 't', baseUrl: url, log: { info() {}, warn() {}, error() {} }, retryMs: 1 });
  await t.throwsAsync(octokit.rest.repos.get({ owner: 'a', repo: 'b' }));
  const http = httpClient();
  await t.throwsAsync(http.request(url), { instanceOf: HttpError });
  t.is(asked(), 1);
  await http.close();
});
