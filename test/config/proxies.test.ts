import test from 'ava';
import { ConfigError } from '../../src/config/config-error.ts';
import { proxySecrets, readProxies } from '../../src/config/proxies.ts';

test('small letters come first, ALL_PROXY last, and a scheme may be left out', (t) => {
  t.deepEqual(readProxies({ https_proxy: 'a:1', HTTPS_PROXY: 'b:2', HTTP_PROXY: 'http://c:3' }), {
    https: 'http://a:1/',
    http: 'http://c:3/',
    no: [],
  });
  t.deepEqual(readProxies({ ALL_PROXY: 'https://d', HTTP_PROXY: '' }), { https: 'https://d/', http: 'https://d/', no: [] });
  t.deepEqual(readProxies({ HTTP_PROXY: 'http://c:3' }), { http: 'http://c:3/', no: [] }, 'https needs its own');
});

test('the API server of the own cluster is never behind a proxy', (t) => {
  const { no } = readProxies({ NO_PROXY: ' a.example  10.0.0.0/8,', KUBERNETES_SERVICE_HOST: '172.20.0.1' });
  t.deepEqual(no, ['a.example', '10.0.0.0/8', '172.20.0.1']);
});

test('what is no proxy is named by its variable and without its password', (t) => {
  const wrong = (env: Record<string, string>, message: RegExp) => {
    const error = t.throws(() => readProxies(env), { instanceOf: ConfigError, message });
    t.false(error.message.includes('hunter'));
  };
  wrong({ HTTPS_PROXY: 'socks5://ada:hunter2@s:1080' }, /HTTPS_PROXY: found a proxy of type socks5; allowed: http:\/\/HOST:PORT/);
  wrong({ ALL_PROXY: 'http://ada:hunter2@' }, /ALL_PROXY: found no proxy address/);
  wrong({ http_proxy: 'http://ada:hunter%@p' }, /http_proxy: found no proxy address/);
  wrong({ NO_PROXY: '10.0.0.0/33' }, /NO_PROXY: found "10\.0\.0\.0\/33"; allowed: hosts, addresses, and networks/);
});

test('a password is a secret as it is written and as it is meant', (t) => {
  t.deepEqual(proxySecrets(readProxies({ HTTPS_PROXY: 'http://ada:s%23cret@p:1', HTTP_PROXY: 'p:2' })), ['s%23cret', 's#cret']);
});
