import test, { type ExecutionContext } from 'ava';
import { proxyFor } from '../../../src/clients/http/proxy-for.ts';
import { readProxies } from '../../../src/config/proxies.ts';

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
