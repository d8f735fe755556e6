import test from 'ava';
import { checkGitUrl } from '../../src/clients/git/check-git-url.ts';
import { ConfigError } from '../../src/config/config-error.ts';
import { readSettings } from '../../src/config/environment.ts';
import { readConfig } from '../../src/config.ts';
import { messageOf } from '../../src/core/errors.ts';

const checks = { cron: () => undefined, gitUrl: checkGitUrl };

interface Written {
  readonly registry?: object;
  readonly registries?: object;
  readonly git?: object;
  readonly cache?: string;
  readonly address?: string;
}

const usual = { push: 'registry:5000', pull: 'localhost:32000', api: 'http://registry:5000' };

function mistakesIn({ registry = {}, address = 'https://example.com/runner.git', ...rest }: Written): string {
  const stages = [{ name: 'image', image: { template: 'makisu', repository: 'team/runner' } }];
  const config = {
    instance: 'lab',
    channel: '#ci',
    registry: { ...usual, ...registry },
    ...rest,
    repositories: [{ name: 'a', git: address, stages }],
  };
  try {
    readConfig(JSON.stringify(config), 'c.yaml', checks);
    return '';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

const refused = test.macro((t, written: Written, ...parts: RegExp[]) => {
  const message = mistakesIn(written);
  for (const part of parts) t.regex(message, part);
  t.notRegex(message, /Invalid URL/);
});

const port = /a port of 1 to 65535/;
test('registry.api', refused, { registry: { api: 'http://registry:99999' } }, /registry\.api: found "http:\/\/registry:99999"/, port);
test('port 0', refused, { registry: { api: 'http://registry:0' } }, /registry\.api: found/, port);
test('an address that is none', refused, { registry: { api: 'http://300.1.1.1:5000' } }, /registry\.api: found/, /a host that exists/);
test('registry.push', refused, { registry: { push: 'registry:99999' } }, /registry\.push: found/, port);
test('registry.pull', refused, { registry: { pull: 'localhost:70000' } }, /registry\.pull: found/, port);
const hub = { push: 'quay.io:65536', api: 'https://quay.io:65536' };
test('registries', refused, { registries: { hub } }, /registries\.hub\.push: found/, /registries\.hub\.api: found/, port);
test('cache', refused, { cache: 'cache:99999' }, /cache: found/, port);
test('git.httpHosts', refused, { git: { httpHosts: ['git:99999'] } }, /git\.httpHosts\[0\]: found/, port);
test('git.logins', refused, { git: { logins: [{ host: 'git.example.com:99999' }] } }, /git\.logins\[0\]\.host: found/, port);
for (const address of ['https://git.example.com:99999/a.git', 'ssh://git@git.example.com:99999/a.git', 'https://300.1.1.1/a.git'])
  test(`git: ${address}`, refused, { address }, /repositories\[0\]\.git: .*its host does not exist, or its port is not one of 1 to 65535/);

const onHub = /a name without a dot needs its port \(NAME:80, NAME:443 for TLS\), since image tools take it for a name on Docker Hub/;
test('push without port and dot', refused, { registry: { push: 'registry' } }, /registry\.push: found "registry"/, onHub);
test('pull without port and dot', refused, { registry: { pull: 'node1' } }, /registry\.pull: found "node1"/, onHub);
test('push of another registry', refused, { registries: { hub: { ...usual, push: 'hub' } } }, onHub);

test('addresses that exist are accepted', (t) => {
  for (const push of ['registry:5000', 'registry.example.com', 'localhost', '10.0.0.1', 'registry:443'])
    t.is(mistakesIn({ registry: { push }, cache: 'cache:6379' }), '', push);
  t.is(mistakesIn({ registry: { api: 'https://registry.example.com/', ca: '/etc/ca.pem' } }), '');
});

test('addresses of the environment are checked, too', (t) => {
  for (const name of ['SLACK_API_URL', 'GITHUB_API_URL', 'HTTPS_PROXY', 'HTTP_PROXY']) {
    for (const value of ['http://a.example:99999', 'http://300.1.1.1/', 'http://a.example:0']) {
      const message = messageOf(t.throws(() => readSettings({ [name]: value }), { instanceOf: ConfigError }, `${name}=${value}`));
      t.regex(message, new RegExp(`environment: ${name}: .*allowed: `));
    }
  }
});

test('hosts with an underscore and IPv6 addresses are hosts of git, too', (t) => {
  for (const host of ['my_git', 'my_git.lab', '[::1]', '[0:0::1]', '10.0.0.1']) {
    const httpHosts = [`${host}:8080`];
    for (const address of [`http://${host}:8080/a.git`, `https://${host}/a.git`])
      t.is(mistakesIn({ address, git: { httpHosts, logins: [{ host }] } }), '', address);
  }
  const logins = [{ host: 'my_git', kind: 'ssh-key', secret: 'A', knownHosts: ['ssh-ed25519 AAAA'] }];
  for (const address of ['git@my_git:team/a.git', 'ssh://git@my_git/team/a.git'])
    t.is(mistakesIn({ address, git: { logins } }), '', address);
});
