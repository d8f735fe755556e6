import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { WebSocket } from 'undici';
import { WebSocketServer } from 'ws';
import { httpClient, webClient } from '../../../src/clients/http/http-client.ts';
import { HttpError } from '../../../src/clients/http/http-error.ts';
import { proxyFor } from '../../../src/clients/http/proxy-for.ts';
import { readProxies } from '../../../src/config/proxies.ts';
import type { Proxies } from '../../../src/core/config.ts';
import { certificate, key } from '../../fixtures/authority.ts';
import { json, loopback } from '../../fixtures/loopback.ts';
import { aProxy } from '../../fixtures/proxy.ts';

const behind = (url: string, ...no: string[]): Proxies => ({ http: url, https: url, no });

function client(t: ExecutionContext, proxies: Proxies, ca?: string) {
  const http = httpClient({ proxies, ...(ca && { ca }) });
  t.teardown(() => http.close());
  return http;
}

async function tlsServer(t: ExecutionContext): Promise<string> {
  const server = createTlsServer({ key, cert: certificate }, (_, response) => response.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('http is passed on, https is tunnelled, and a host of NO_PROXY is asked itself', async (t) => {
  const { url, passed } = await aProxy(t);
  const [plain, secure] = [await loopback(t, (_, response) => json(response, 200, { at: 1 })), await tlsServer(t)];
  const http = client(t, behind(url), certificate);
  t.is((await http.request(`${plain.url}/a?b=1`)).text(), '{"at":1}');
  t.is((await http.request(`https://${secure}/`)).text(), 'hello');
  t.deepEqual(passed, [`GET ${plain.url}/a?b=1`, `CONNECT ${secure}`]);
  t.is((await client(t, behind(url, plain.host)).request(plain.url)).status, 200);
  t.is(passed.length, 2);
});

test('what speaks no TLS behind a tunnel, as a page that the proxy shows itself, is told with the proxy', async (t) => {
  const { url } = await aProxy(t);
  const plain = await loopback(t, (_, response) => json(response, 200, {}));
  await t.throwsAsync(client(t, behind(url)).request(`https://${plain.host}/`), {
    instanceOf: HttpError,
    message: `${plain.host} does not speak TLS through the proxy ${url}: is it an http address, or does the proxy show its own page instead?`,
  });
});

test('fetch and WebSockets of the libraries go the same way', async (t) => {
  const { url, passed } = await aProxy(t);
  const plain = await loopback(t, (_, response) => json(response, 200, { at: 2 }));
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  t.teardown(() => sockets.close());
  await once(sockets, 'listening');
  sockets.on('connection', (socket) => socket.send('welcome'));
  const web = webClient(behind(url));
  t.teardown(() => web.close());
  const answer = await web.fetch(`${plain.url}/api`, { method: 'POST', body: new URLSearchParams({ a: '1' }) });
  t.deepEqual(await answer.json(), { at: 2 });
  const host = `127.0.0.1:${(sockets.address() as AddressInfo).port}`;
  const socket = new WebSocket(`ws://${host}/link`, { ...(web.proxied && { dispatcher: web.proxied }) });
  const heard = Promise.withResolvers<unknown>();
  socket.addEventListener('message', ({ data }) => heard.resolve(data));
  t.is(await heard.promise, 'welcome');
  socket.close();
  t.deepEqual(passed, [`POST ${plain.url}/api`, `CONNECT ${host}`]);
});

test('a login of the proxy is sent to it and to nobody else', async (t) => {
  const { url, passed } = await aProxy(t, { login: 'ada:s#cret' });
  let seen: string[] = [];
  const plain = await loopback(t, (request, response) => {
    seen = Object.keys(request.headers);
    response.end('in');
  });
  const http = client(t, behind(url.replace('//', '//ada:s%23cret@')), certificate);
  t.is((await http.request(plain.url)).text(), 'in');
  t.false(seen.includes('proxy-authorization'));
  const secure = await tlsServer(t);
  t.is((await http.request(`https://${secure}/`)).text(), 'hello');
  t.is(passed.length, 2);
});

test('a proxy that asks for a login is named with the remedy and without its password, for http and https', async (t) => {
  const { url } = await aProxy(t, { login: 'ada:right' });
  const http = client(t, behind(url.replace('//', '//ada:wr0ng@')));
  for (const address of ['http://git.example/a', 'https://git.example/a']) {
    const error = await t.throwsAsync(http.request(address), { instanceOf: HttpError });
    t.regex(
      error.message,
      /^The proxy http:\/\/127\.0\.0\.1:\d+ .* does not accept its login \(407\) on the way to git\.example: write its user and password/,
    );
    t.false(error.message.includes('wr0ng'));
    t.false(error.retry);
  }
});

test('a proxy that is not there is named, and not the host behind it', async (t) => {
  const http = client(t, behind('http://127.0.0.1:1/'));
  for (const address of ['http://git.example/a', 'https://git.example/a']) {
    await t.throwsAsync(http.request(address), {
      message:
        /^The proxy http:\/\/127\.0\.0\.1:1 refuses the connection .*on the way to git\.example: nothing is listening on this port; check HTTPS_PROXY/,
    });
  }
});

test('a host that the proxy does not reach is told as that', async (t) => {
  const { url } = await aProxy(t);
  await t.throwsAsync(client(t, behind(url)).request('https://127.0.0.1:1/'), { message: /does not connect to 127\.0\.0\.1:1 \(502\)/ });
});

const proxies = { http: 'http://plain:3128/', https: 'http://secure:3128/' };
const entries = (no: string) => readProxies({ NO_PROXY: no }).no;

const direct = (t: ExecutionContext, no: string, ...urls: string[]) => {
  for (const url of urls) t.is(proxyFor(new URL(url), { ...proxies, no: entries(no) }), undefined, url);
};
const proxied = (t: ExecutionContext, no: string, ...urls: string[]) => {
  for (const url of urls) t.not(proxyFor(new URL(url), { ...proxies, no: entries(no) }), undefined, url);
};

test('each scheme has its own proxy, a WebSocket that of its scheme', (t) => {
  const of = (url: string) => proxyFor(new URL(url), { ...proxies, no: [] });
  t.is(of('http://a.example/'), proxies.http);
  t.is(of('ws://a.example/'), proxies.http);
  t.is(of('https://a.example/'), proxies.https);
  t.is(of('wss://a.example/'), proxies.https);
  t.is(proxyFor(new URL('https://a.example/'), { http: 'http://plain:3128', no: [] }), undefined);
});

test(
  'a host stands for itself and what is below it',
  direct,
  'example.com, Other.Example',
  'https://example.com',
  'https://a.b.EXAMPLE.com:8443',
  'http://other.example.',
);
test('no more than that', proxied, 'example.com', 'https://badexample.com', 'https://example.com.evil.test', 'https://com');
test('a point in front means the same', direct, '.example.com', 'https://example.com', 'https://a.example.com');
test('a star and a point mean what is below', direct, '*.example.com', 'https://a.example.com', 'https://a.b.example.com');
test('and not the host itself', proxied, '*.example.com', 'https://example.com', 'https://badexample.com');
test(
  'a port is the only one that is meant',
  direct,
  'example.com:8443 plain.example:80 secure.example:443',
  'https://example.com:8443',
  'http://plain.example',
  'https://secure.example',
);
test('others are not', proxied, 'example.com:8443,secure.example:80', 'https://example.com', 'https://secure.example');
test('a star is every host', direct, 'a.example,  *', 'https://example.com', 'http://[::1]:80', 'http://10.1.2.3');
test('a star may have a port', direct, '*:6443', 'https://10.0.0.1:6443');
test(
  'networks',
  direct,
  '10.0.0.0/8 192.168.7.0/24,fd00::/8,[fe80::]/10',
  'https://10.200.3.4',
  'http://192.168.7.255:5000',
  'http://[fd12::1]',
  'http://[fe80::1]:80',
);
test(
  'addresses outside of them, and names that look like them',
  proxied,
  '10.0.0.0/8',
  'https://11.0.0.1',
  'https://10.example.com',
  'http://[::1]',
);
test(
  'addresses, with and without brackets and ports',
  direct,
  '127.0.0.1,::1,[fd00::2],[fd00::3]:8080',
  'http://127.0.0.1:99',
  'http://[::1]:80',
  'http://[fd00:0::2]',
  'http://[fd00::3]:8080',
);
test(
  'an address is that one alone',
  proxied,
  '127.0.0.1,[fd00::3]:8080',
  'http://127.0.0.11',
  'http://1.127.0.0',
  'http://[fd00::3]:80',
  'http://localhost',
);
test('localhost is a name like others', direct, 'localhost', 'http://localhost:5000', 'http://registry.localhost');
test('nothing is left out by nothing', proxied, ' , ,', 'http://localhost', 'https://example.com');
