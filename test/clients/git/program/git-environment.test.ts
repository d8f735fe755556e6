import test from 'ava';
import { gitEnvironment } from '../../../../src/clients/git/program/git-environment.ts';

test('git gets nothing else of the environment', (t) => {
  t.deepEqual(gitEnvironment({ PATH: '/bin', SLACK_BOT_TOKEN: 'xoxb-1', GIT_PASSWORD: 'p', HTTPS_PROXY: 'http://p:1', no_proxy: 'a' }), {
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
