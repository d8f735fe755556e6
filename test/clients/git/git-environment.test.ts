import test from 'ava';
import { gitEnvironment } from '../../../src/clients/git/git-environment.ts';

test('proxies of either case reach git in small letters, which libcurl knows, and our own questions too', (t) => {
  const { environment, proxy } = gitEnvironment({ PATH: '/bin', HTTP_PROXY: 'http://p:1', https_proxy: 'p:2', NO_PROXY: 'a,b' });
  t.deepEqual(environment, { PATH: '/bin', http_proxy: 'http://p:1', https_proxy: 'http://p:2', no_proxy: 'a,b' });
  t.deepEqual(proxy, { http: 'http://p:1', https: 'http://p:2', no: 'a,b' });
});

test('git gets nothing else of the environment', (t) => {
  t.deepEqual(gitEnvironment({ PATH: '/bin', SLACK_BOT_TOKEN: 'xoxb-1', GIT_PASSWORD: 'p', NO_PROXY: '' }), {
    environment: { PATH: '/bin' },
  });
});

test('authorities of git itself come first, then those of Node, then the file of OpenSSL', (t) => {
  const all = { GIT_SSL_CAINFO: '/git.pem', NODE_EXTRA_CA_CERTS: '/node.pem', SSL_CERT_FILE: '/ssl.pem' };
  t.deepEqual(gitEnvironment(all), { environment: { GIT_SSL_CAINFO: '/git.pem' } });
  const { environment, authorities } = gitEnvironment({ ...all, GIT_SSL_CAINFO: '' });
  t.deepEqual(environment, {});
  t.regex(authorities ?? '', /^-----BEGIN CERTIFICATE-----/);
  t.deepEqual(gitEnvironment({ SSL_CERT_FILE: '/ssl.pem' }), { environment: { GIT_SSL_CAINFO: '/ssl.pem' } });
});
