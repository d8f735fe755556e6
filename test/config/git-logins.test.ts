import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { ConfigError } from '../../src/config/config-error.ts';
import { gitLoginFindings } from '../../src/config/git-login-rules.ts';
import { readGitLogins } from '../../src/config/git-logins.ts';
import { keyIssue } from '../../src/config/ssh-key.ts';
import type { GitLoginRule } from '../../src/core/config.ts';

const rules = (logins: readonly GitLoginRule[]) => ({ httpHosts: ['git.svc:3000'], localRoots: [], botEmail: 'bot@example.com', logins });
const repository = (git: string, clone = git) => ({ name: 'a', short: 'a', git, clone, branches: ['main'], channel: '#ci', stages: [] });
const files = (path: string) => readFileSync(path, 'utf8');
const read = (env: Record<string, string>, logins: readonly GitLoginRule[], ...repositories: ReturnType<typeof repository>[]) =>
  readGitLogins(env, { git: rules(logins), repositories }, {}, files);

const usual = { GIT_USERNAME: 'ada', GIT_PASSWORD: 'hunter2' };

test('GIT_USERNAME and GIT_PASSWORD are for the one host that the repositories lie on', (t) => {
  const found = read(usual, [], repository('https://git.lab/a'), repository('https://git.lab/b'), repository('/srv/c'));
  t.like(found, [{ host: 'git.lab', kind: 'password', username: 'ada', password: 'hunter2' }]);
  t.is(found.length, 1);
  t.deepEqual(read(usual, [], repository('/srv/c')), []);
  t.deepEqual(read({}, [], repository('https://git.lab/a')), []);
});

test('where there are several hosts the start asks which one, and a login without a secret says it', (t) => {
  const two = [repository('https://git.lab/a'), repository('https://github.com/b')];
  const error = t.throws(() => read(usual, [], ...two), {
    instanceOf: ConfigError,
    message: /several hosts \(git\.lab, github\.com\).*git\.logins/,
  });
  t.false(error.message.includes('hunter2'));
  t.like(read(usual, [{ host: 'git.lab', kind: 'password' }], ...two), [{ host: 'git.lab', username: 'ada' }]);
  t.throws(() => read(usual, [], repository('https://git.lab/a', 'http://git.svc:3000/a')), { message: /git\.lab, git\.svc:3000/ });
});

test('a login of git.logins has variables of its own, also as files', (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'logins-')), 'key');
  execFileSync('cp', ['/dev/null', path]);
  const logins = [{ host: 'git.lab', kind: 'password', secret: 'LAB' }] as const;
  t.like(read({ GIT_LAB_USERNAME: 'ada', GIT_LAB_PASSWORD: 'x' }, logins, repository('https://git.lab/a')), [
    { host: 'git.lab', password: 'x' },
  ]);
  const error = t.throws(() => read({ GIT_LAB_USERNAME: 'ada' }, logins, repository('https://git.lab/a')), { instanceOf: ConfigError });
  t.regex(error.message, /GIT_LAB_PASSWORD: is not set, but git\.logins uses it for git\.lab/);
  t.throws(() => read({ GIT_LAB_USERNAME: 'ada', GIT_LAB_PASSWORD_FILE: path }, logins), { message: /GIT_LAB_PASSWORD_FILE is empty/ });
});

test('tokens of the GitHub App go to its own GitHub alone', (t) => {
  const app = (host: string) => [{ host, kind: 'github-app' }] as const;
  const settings = { githubApp: { appId: '1', installationId: '2' } };
  const at = (host: string, more: object) => readGitLogins({}, { git: rules(app(host)), repositories: [] }, more, files);
  t.is(at('github.com', settings).length, 1);
  t.is(at('ghe.lab', { ...settings, githubApiUrl: 'https://ghe.lab/api/v3' }).length, 1);
  t.throws(() => at('git.lab', settings), { message: /the GitHub App belongs to github\.com, and its tokens are sent nowhere else/ });
  t.throws(() => at('github.com', {}), { message: /GITHUB_APP_ID: is not set, but git\.logins uses the GitHub App for github\.com/ });
});

const body = (cipher: string) =>
  Buffer.concat([Buffer.from('openssh-key-v1\0'), Buffer.from([0, 0, 0, cipher.length]), Buffer.from(cipher)]).toString('base64');
const key = (cipher: string) => `-----BEGIN OPENSSH PRIVATE KEY-----\n${body(cipher)}\n-----END OPENSSH PRIVATE KEY-----`;

test('a key must be one, and have no passphrase', (t) => {
  t.is(keyIssue(key('none')), undefined);
  t.is(keyIssue(key('none').replaceAll('\n', '\\n')), undefined);
  t.regex(keyIssue(key('aes256-ctr')) ?? '', /has a passphrase/);
  t.regex(keyIssue('ssh-ed25519 AAAA') ?? '', /is not a private key/);
  t.regex(keyIssue('-----BEGIN OPENSSH PRIVATE KEY-----\nAA==\n-----END OPENSSH PRIVATE KEY-----') ?? '', /is not a private key/);
});

const found = (logins: readonly object[], git = 'https://git.lab/team/app') =>
  gitLoginFindings({ git: { logins }, repositories: [{ git }] }).map(([path, message]) => `${path.join('.')}: ${message}`);

test('a login says what its kind needs, and nothing that it has no use for', (t) => {
  const knownHosts = ['ssh-ed25519 AAAA'];
  t.deepEqual(
    found([{ host: 'a' }, { host: 'b', kind: 'ssh-key', secret: 'B', knownHosts }, { host: 'github.com', kind: 'github-app' }]),
    [],
  );
  t.regex(found([{ host: 'a', kind: 'ssh-key', knownHosts }]).join(), /^git\.logins\.0\.secret: is missing/);
  t.regex(found([{ host: 'a', kind: 'ssh-key', secret: 'B' }]).join(), /^git\.logins\.0\.knownHosts: is missing.*ssh-keyscan/);
  t.regex(found([{ host: 'a', knownHosts }]).join(), /knownHosts: has no effect for password/);
  t.regex(found([{ host: 'a', kind: 'github-app', secret: 'A' }]).join(), /secret: has no effect: the GitHub App/);
});

test('two logins for one place are refused, however it is written; one of a repository and one by ssh are other places', (t) => {
  const key = { host: 'git.lab', kind: 'ssh-key', secret: 'A', knownHosts: ['ssh-ed25519 AAAA'] };
  t.deepEqual(
    found([{ host: 'git.lab' }, { host: 'git.lab', repository: 'team/app' }, key, { host: 'git.lab:8443' }, { host: 'git.lab:22' }]),
    [],
  );
  for (const [one, other] of [
    [{ host: 'git.lab' }, { host: 'GIT.lab' }],
    [{ host: 'git.lab' }, { host: 'git.lab:443', kind: 'github-app' }],
    [
      { host: 'git.lab', repository: 'a/b' },
      { host: 'git.lab', repository: 'a/b.git' },
    ],
    [key, { ...key, host: 'git.lab:22' }],
  ] as const)
    t.regex(
      found([one, other]).join(),
      /^git\.logins\.1: is for the same host and repository as git\.logins\[0\]; keep one/,
      JSON.stringify(other),
    );
});

test('an address by ssh without a key says what to add, with its port', (t) => {
  t.regex(
    found([], 'ssh://git@git.lab:2222/team/app').join(),
    /^repositories\.0\.git: is read over ssh.*\{host: "git\.lab:2222", kind: ssh-key/,
  );
  t.regex(found([{ host: 'git.lab' }], 'git@git.lab:team/app').join(), /is read over ssh, which needs a key/);
});
