import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import test, { type ExecutionContext } from 'ava';
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
  const server = createServer((socket) => {
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
  await t.throwsAsync(http.request(`http://${silent}`), { instanceOf: HttpError, message: `${silent} did not begin to answer in time` });
  const stops = await raw(t, (write) => write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'));
  await t.throwsAsync(http.request(`http://${stops}`), { instanceOf: HttpError, message: `${stops} stopped in the middle of its answer` });
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
    message: /cut the connection/,
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
  await t.throwsAsync(client(t).request(`http://${tls}`), { instanceOf: HttpError, message: /does not answer in HTTP/ });
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
  t.regex(refused.message, /authority that is unknown here .*NODE_EXTRA_CA_CERTS.*`ca`/);
});
