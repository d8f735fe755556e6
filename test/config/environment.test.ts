import test from 'ava';
import { ConfigError } from '../../src/config/config-error.ts';
import { readSecrets, readSettings } from '../../src/config/environment.ts';
import type { Environment } from '../../src/core/environment.ts';

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
