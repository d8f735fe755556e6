import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { gitClient } from '../../../../src/clients/git/git-client.ts';
import { GitLogins } from '../../../../src/clients/git/logins/logins.ts';
import { podLogins } from '../../../../src/clients/git/logins/pod-logins.ts';
import { httpClient } from '../../../../src/clients/http/http-client.ts';
import { sampleRepository } from '../../../fixtures/git-repository.ts';

const quiet = { info() {}, warn() {}, error() {} };
const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n';
const address = 'git@git.lab:sample.git';

/** A git that finds a program `ssh` of ours: it writes down what it is asked, and runs that here in place of the host. */
function world(t: ExecutionContext, says?: string) {
  const sample = sampleRepository(t);
  const asked = join(sample.root, 'asked');
  const serve = `cd '${sample.root}'; for last; do :; done; exec sh -c "$last"`;
  const refuse = `echo '${says}' >&2; exit 255`;
  writeFileSync(join(sample.root, 'ssh'), `#!/bin/sh\nprintf '%s\\n' "$@" >'${asked}'\n${says ? refuse : serve}\n`);
  chmodSync(join(sample.root, 'ssh'), 0o755);
  const http = httpClient();
  t.teardown(() => http.close());
  const logins = new GitLogins([{ host: 'git.lab', kind: 'ssh-key', secret: 'LAB', key, knownHosts: ['git.lab ssh-ed25519 AAAA1 ada'] }]);
  const rules = { httpHosts: [], localRoots: [], botEmail: 'bot@example.com' };
  const environment = { PATH: `${sample.root}:/usr/local/bin:/usr/bin:/bin` };
  const git = gitClient({ folder: join(sample.root, 'cache'), rules, http, log: quiet, logins, environment });
  const repository = { name: 's', short: 's', git: address, clone: address, branches: ['**'], channel: '#ci', stages: [] };
  return { sample, git, repository, logins, asked: () => readFileSync(asked, 'utf8').split('\n') };
}

test('a repository behind ssh is read with its key, and only from a host that is known', async (t) => {
  const { sample, git, repository, asked } = world(t);
  const sha = sample.commit('main');
  t.deepEqual(await git.heads(repository), { main: sha });
  t.is((await git.commit(repository, 'main', sha)).sha, sha);
  const words = asked();
  for (const word of ['StrictHostKeyChecking=yes', 'BatchMode=yes', 'IdentityAgent=none', 'IdentitiesOnly=yes', 'git@git.lab'])
    t.true(words.includes(word), word);
  const keyFile = words[words.indexOf('-i') + 1] ?? '';
  t.is(readFileSync(keyFile, 'utf8'), key);
  t.is(statSync(keyFile).mode & 0o777, 0o600);
  const hosts = words.find((word) => word.startsWith('UserKnownHostsFile='))?.split('=')[1] ?? '';
  t.is(readFileSync(hosts, 'utf8'), 'git.lab ssh-ed25519 AAAA1\n');
});

test('what ssh refuses is said with what to do', async (t) => {
  const denied = world(t, 'git@git.lab: Permission denied (publickey).');
  await t.throwsAsync(denied.git.heads(denied.repository), { message: /the host refuses the key: check GIT_LAB_SSH_KEY/ });
  const strange = world(t, 'Host key verification failed.');
  await t.throwsAsync(strange.git.heads(strange.repository), { message: /a key that is not in `knownHosts` of git\.logins/ });
});

test('pods get the login of their own address alone, and a token of the App for that repository alone', async (t) => {
  const asked: (string | undefined)[] = [];
  const all = [
    { host: 'git.lab', kind: 'ssh-key', secret: 'LAB', key, knownHosts: ['ssh-ed25519 AAAA1'] },
    { host: 'github.com', kind: 'github-app' },
  ] as const;
  const pods = podLogins(
    new GitLogins(all, async (onlyRead) => {
      asked.push(onlyRead);
      return 'ghs_token';
    }),
  );
  t.deepEqual(await pods.fieldsOf(address), { 'ssh-privatekey': key, known_hosts: 'git.lab ssh-ed25519 AAAA1\n' });
  t.deepEqual(await pods.fieldsOf('https://github.com/team/app.git'), { username: 'x-access-token', password: 'ghs_token' });
  t.deepEqual(asked, ['app']);
  t.is(pods.lastsMs('https://github.com/team/app.git'), 3_600_000);
  t.deepEqual(pods.needsOf('https://example.com/x'), {});
});
