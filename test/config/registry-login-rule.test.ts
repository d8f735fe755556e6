import test from 'ava';
import { ConfigError } from '../../src/config/config-error.ts';
import { demandOneLogin, type RegistriesKnown } from '../../src/config/registry-login-rule.ts';

const team = { username: 'team', password: 'hunter22' };
const robot = { username: 'robot', password: 'hunter23' };
const quay = { push: 'quay.io', api: 'https://quay.io' };

function issuesOf(known: Partial<RegistriesKnown>): string[] {
  const registry = { push: 'quay.io', pull: 'quay.io', api: 'https://quay.io' };
  try {
    demandOneLogin('coxswain.yaml', { config: { registry, registries: { quay, again: quay } }, secrets: {}, logins: {}, ...known });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ path, message }) => `${path} ${message}`);
  }
}

test('two logins at one address are refused, since pods know one per address', (t) => {
  const own = { registryUsername: team.username, registryPassword: team.password };
  const [issue = '', ...more] = issuesOf({ secrets: own, logins: { quay: robot } });
  t.regex(
    issue,
    /^registries\.quay\.push is the address of registry too, with another login \(REGISTRY_QUAY_USERNAME, REGISTRY_USERNAME\): .*give both the same one/,
  );
  t.notRegex(issue, /hunter/);
  t.deepEqual(more, []);
  t.regex(issuesOf({ logins: { quay: team, again: robot } })[0] ?? '', /^registries\.again\.push is the address of registries\.quay too/);
});

test('one login at two addresses, the same login twice, and one beside none are not', (t) => {
  t.deepEqual(issuesOf({ logins: { quay: robot } }), []);
  t.deepEqual(issuesOf({ logins: { quay: robot, again: robot } }), []);
  const elsewhere = { quay, again: { ...quay, push: 'quay.io:8443' } };
  const registry = { push: 'registry:5000', pull: 'localhost:32000', api: 'http://registry:5000' };
  t.deepEqual(issuesOf({ config: { registry, registries: elsewhere }, logins: { quay: team, again: robot } }), []);
});
