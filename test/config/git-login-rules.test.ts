import test from 'ava';
import { gitLoginFindings } from '../../src/config/git-login-rules.ts';

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
