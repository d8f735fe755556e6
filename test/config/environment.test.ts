import test from 'ava';
import { readCertificates } from '../../src/config/certificates.ts';
import { ConfigError } from '../../src/config/config-error.ts';
import { durationOf, durationText } from '../../src/config/durations.ts';
import { readSecrets, readSettings } from '../../src/config/environment.ts';
import { proxySecrets, readProxies } from '../../src/config/proxies.ts';
import type { Environment } from '../../src/core/environment.ts';
import { certificate, key } from '../fixtures/authority.ts';

const tokens = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };
const files: Readonly<Record<string, string>> = { '/run/bot': 'xoxb-2\n', '/run/empty': ' \n' };

function readFile(path: string): string {
  const text = files[path];
  if (text === undefined) throw new Error(`no such file: ${path}`);
  return text;
}

const refused = test.macro<[change: Environment, ...expected: RegExp[]]>({
  exec(t, change, ...expected) {
    const error = t.throws(() => readSecrets({ ...tokens, ...change }, readFile), { instanceOf: ConfigError });
    t.is(error.issues.length, expected.length, error.message);
    for (const [index, form] of expected.entries()) t.regex(error.message.split('\n')[index] ?? '', form);
  },
  title: (rule) => rule ?? '',
});

test('secrets come from variables or files, trimmed; empty ones are absent', (t) => {
  const env = { SLACK_BOT_TOKEN_FILE: '/run/bot', SLACK_APP_TOKEN: ' xapp-1 ', GITHUB_TOKEN: '', GIT_USERNAME: 'u', GIT_PASSWORD: 'p w' };
  t.deepEqual(readSecrets(env, readFile), { slackBotToken: 'xoxb-2', slackAppToken: 'xapp-1', gitUsername: 'u', gitPassword: 'p w' });
});

test(
  'both Slack tokens are needed',
  refused,
  { SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: undefined },
  /SLACK_BOT_TOKEN: is not set.*xoxb-.*_FILE/,
  /SLACK_APP_TOKEN: is not set/,
);
test(
  'a token of another kind is refused and not repeated',
  refused,
  { SLACK_BOT_TOKEN: 'xapp-7' },
  /^environment: SLACK_BOT_TOKEN: must start with xoxb-(?!.*xapp-7)/,
);
test(
  'a variable and its file exclude each other',
  refused,
  { SLACK_BOT_TOKEN_FILE: '/run/bot' },
  /SLACK_BOT_TOKEN and SLACK_BOT_TOKEN_FILE are both set/,
);
test(
  'a file that cannot be read is named',
  refused,
  { GITHUB_TOKEN_FILE: '/run/gone' },
  /GITHUB_TOKEN_FILE cannot be read: no such file: \/run\/gone/,
);
test('an empty file is named', refused, { GITHUB_TOKEN_FILE: '/run/empty' }, /GITHUB_TOKEN_FILE is empty/);
test('a user name needs its password', refused, { REGISTRY_USERNAME: 'u' }, /REGISTRY_USERNAME: is set but REGISTRY_PASSWORD is not/);
test('a token has no white space inside', refused, { GITHUB_TOKEN: 'gh 1' }, /GITHUB_TOKEN: contains white space/);

test('the key of a GitHub App needs its id', refused, { GITHUB_APP_KEY: '-----BEGIN' }, /GITHUB_APP_KEY: is set but GITHUB_APP_ID is not/);
test(
  'what is no key is none, and is not repeated',
  refused,
  { GITHUB_APP_KEY: 'MII7', GITHUB_APP_ID: '7' },
  /GITHUB_APP_KEY: must start with -----BEGIN(?!.*MII7)/,
);

test('a GitHub App is whole or not there, and there is no token beside it', (t) => {
  const app = { GITHUB_APP_ID: '7', GITHUB_APP_INSTALLATION_ID: '42', GITHUB_APP_KEY_FILE: '/run/key' };
  t.deepEqual(readSettings(app).githubApp, { appId: '7', installationId: '42' });
  for (const name of Object.keys(app)) {
    const part = name.replace('_FILE', '');
    const words = new RegExp(`^environment: ${part}: is not set; a GitHub App needs`);
    if (part !== 'GITHUB_APP_KEY') t.throws(() => readSettings({ ...app, [name]: '' }), { instanceOf: ConfigError, message: words });
    else t.throws(() => readSettings({ GITHUB_APP_ID: '7', GITHUB_APP_INSTALLATION_ID: '42' }), { message: words });
  }
  t.throws(() => readSettings({ ...app, GITHUB_TOKEN: 'ghp_1' }), { message: /GITHUB_TOKEN: is set as well as a GitHub App; keep one/ });
  t.throws(() => readSettings({ ...app, GITHUB_APP_ID: 'cox' }), { message: /found "cox"; allowed: a number/ });
});

test('settings have defaults, and empty variables are absent', (t) => {
  t.deepEqual(readSettings({ SLACK_API_URL: '' }), {
    configFile: 'coxswain.yaml',
    dataFolder: 'data',
    logLevel: 'info',
    proxies: { no: [] },
  });
  t.like(readSettings({ GITHUB_API_URL: 'https://ghe.example.com/api/v3', KUBECONFIG: '/k' }), {
    githubApiUrl: 'https://ghe.example.com/api/v3',
    kubeConfig: '/k',
  });
});

test('every wrong setting is named with what is allowed', (t) => {
  const error = t.throws(() => readSettings({ LOG_LEVEL: 'loud', SLACK_API_URL: 'ftp://x' }), { instanceOf: ConfigError });
  t.deepEqual(error.message.split('\n'), [
    'environment: SLACK_API_URL: found "ftp://x"; allowed: an http or https URL',
    'environment: LOG_LEVEL: found "loud"; allowed: debug, info, warn or error',
  ]);
});

test('the port of the probes is a number, 0 for any that is free; an empty one is none', (t) => {
  t.is(readSettings({ COXSWAIN_HEALTH_PORT: '8080' }).healthPort, 8080);
  t.is(readSettings({ COXSWAIN_HEALTH_PORT: '0' }).healthPort, 0);
  t.is(readSettings({ COXSWAIN_HEALTH_PORT: '' }).healthPort, undefined);
  for (const wrong of ['http', '65536', '-1', '80 80'])
    t.throws(() => readSettings({ COXSWAIN_HEALTH_PORT: wrong }), {
      message: /COXSWAIN_HEALTH_PORT: found ".*"; allowed: a port number/,
    });
});

const registry = { push: 'images.example.com', api: 'https://images.example.com' };

/** What is read of a file of such content. */
const read = (content: string) => readCertificates({ outside: { ...registry, ca: '/etc/ca.pem' } }, 'c.yaml', () => content);

test('of a file of an authority only its certificates are taken: builds get to see them, so never a key', (t) => {
  t.deepEqual(
    readCertificates({ outside: registry }, 'c.yaml', () => t.fail('read') || ''),
    {},
  );
  t.deepEqual(read(`${key}# ours\n${certificate}${certificate}`), { outside: certificate + certificate });
});

test('a file that is no certificate is named, with its key in the configuration', (t) => {
  const refused = (content: string) => t.throws(() => read(content), { instanceOf: ConfigError }).message;
  t.regex(refused(key), /^c\.yaml: registries\.outside\.ca: \/etc\/ca\.pem contains no certificate/);
  t.regex(refused(certificate.replace('MIIB', 'MIIZ')), /registries\.outside\.ca: \/etc\/ca\.pem cannot be read as certificates/);
});

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

test('hours, minutes and seconds stand in this order, each at most once', (t) => {
  t.deepEqual(['90s', '45m', '2h', '1h30m', '1h0m1s'].map(durationOf), [90_000, 2_700_000, 7_200_000, 5_400_000, 3_601_000]);
  t.deepEqual(
    ['', '45', '1d', '30m1h', '1.5h', '-1m', '0s', '0h0m', '9000h', ' 1m'].map(durationOf),
    Array.from({ length: 10 }, () => undefined),
  );
});

test('a duration is written as it is read', (t) => {
  for (const text of ['90m', '1h30m', '45s', '2h', '1h1s']) t.is(durationOf(durationText(durationOf(text) ?? 0)), durationOf(text));
  t.is(durationText(5_400_000), '1h30m');
  t.is(durationText(400), '0s');
});
