import test from 'ava';
import { UserError } from '../../../src/core/errors.ts';
import { loginFiles } from '../../../src/pipeline/stage/registry-logins.ts';
import { namespaceOf, releaseSecretOf, secretsOf } from '../../../src/pipeline/stage/run-objects.ts';
import { aRun } from '../world.ts';

const registry = { push: 'registry:5000', pull: 'localhost:32000', api: 'http://registry:5000' };
const makisuConfig = (secrets: object) => JSON.parse(loginFiles(['makisu'], registry, secrets)['registry.yaml'] ?? '');
const login = { registryUsername: 'bot', registryPassword: 'hunter22' };

test('without credentials Makisu speaks plain HTTP, with them it logs in', (t) => {
  t.deepEqual(makisuConfig({}), {
    'registry:5000': { '.*': { security: { tls: { client: { disabled: true } } } } },
  });
  t.deepEqual(makisuConfig(login), {
    'registry:5000': { '.*': { security: { basic: { username: 'bot', password: 'hunter22' } } } },
  });
});

test('a run gets only the Secrets that it needs', (t) => {
  const made = (secrets: Parameters<typeof secretsOf>[2]) =>
    secretsOf(aRun(1), registry, secrets, ['makisu']).map(({ metadata }) => metadata.name);
  t.deepEqual(made({}), ['registry-config']);
  t.deepEqual(made({ ...login, gitPassword: 'x' }), ['registry-config', 'registry-pull']);
});

test('nodes pull with the credentials of the registry under the address that they use', (t) => {
  const pull = secretsOf(aRun(1), registry, login, []).find(({ metadata }) => metadata.name === 'registry-pull');
  t.is(pull?.type, 'kubernetes.io/dockerconfigjson');
  const data = (pull?.stringData ?? {}) as Record<string, string>;
  t.deepEqual(JSON.parse(data['.dockerconfigjson'] ?? ''), {
    auths: { 'localhost:32000': { username: 'bot', password: 'hunter22', auth: 'Ym90Omh1bnRlcjIy' } },
  });
});

test('a registry over TLS is spoken to by TLS with or without a login, and its own authority is in the Secret', (t) => {
  const tls = { push: 'registry.example.com', pull: 'registry.example.com', api: 'https://registry.example.com' };
  const config = (secrets: object) => JSON.parse(loginFiles(['makisu'], tls, secrets)['registry.yaml'] ?? '');
  t.deepEqual(config({}), { 'registry.example.com': { '.*': { security: {} } } });
  const authority = { tls: { ca: { cert: { path: '/registry-config/cluster-registry.pem' } } } };
  t.deepEqual(config({ registryAuthority: 'PEM' }), { 'registry.example.com': { '.*': { security: authority } } });
  t.deepEqual(config({ ...login, registryAuthority: 'PEM' }), {
    'registry.example.com': { '.*': { security: { basic: { username: 'bot', password: 'hunter22' }, ...authority } } },
  });
  t.is(loginFiles(['docker-config'], tls, { registryAuthority: 'PEM' })['cluster-registry.pem'], 'PEM');
});

test('the namespace says whose it is and how strict its pods must be', (t) => {
  t.deepEqual(namespaceOf(aRun(1), 'baseline').metadata.labels, {
    'coxswain/instance': 'lab',
    'coxswain/run': 'app-1',
    'coxswain/run-uid': '00000000000000000001',
    'pod-security.kubernetes.io/enforce': 'baseline',
  });
});

test('builds of a release know the registries outside too: who they are there, and by which authority each is known', (t) => {
  const outside = [
    { name: 'azure', push: 'studio.azurecr.io', username: 'bot', password: 'hunter23', ca: 'PEM' },
    { name: 'open', push: 'images.example.com' },
  ];
  const secret = releaseSecretOf(aRun(1), loginFiles(['makisu'], registry, {}, outside));
  const { 'registry.yaml': config = '', ...files } = secret.stringData as Record<string, string>;
  t.deepEqual(files, { 'azure.pem': 'PEM' });
  const tls = { ca: { cert: { path: '/registry-config/azure.pem' } } };
  t.deepEqual(JSON.parse(config), {
    'registry:5000': { '.*': { security: { tls: { client: { disabled: true } } } } },
    'studio.azurecr.io': { '.*': { security: { basic: { username: 'bot', password: 'hunter23' }, tls } } },
    'images.example.com': { '.*': { security: {} } },
  });
});

test('a registry that pods reach by plain HTTP is so for Makisu where it has no login; with one, Makisu finds out itself', (t) => {
  const at = { ...registry, push: 'registry.example.com:5000' };
  const outside = [{ name: 'zot', push: 'zot:5000', plain: true }];
  const securityIn = (one: typeof at & { plain?: boolean }, secrets: object) =>
    JSON.parse(loginFiles(['makisu'], one, secrets, outside)['registry.yaml'] ?? '');
  const disabled = { tls: { client: { disabled: true } } };
  t.deepEqual(securityIn(at, {}), {
    'registry.example.com:5000': { '.*': { security: {} } },
    'zot:5000': { '.*': { security: disabled } },
  });
  t.like(securityIn({ ...at, plain: true }, {}), { 'registry.example.com:5000': { '.*': { security: disabled } } });
  t.deepEqual(Object.keys(securityIn({ ...at, plain: true }, login)[at.push]['.*'].security), ['basic']);
});

test('of two registries at one address Makisu knows the one with the login', (t) => {
  const config = JSON.parse(loginFiles(['makisu'], registry, login, [{ name: 'again', push: registry.push }])['registry.yaml'] ?? '');
  t.deepEqual(config[registry.push]['.*'].security.basic, { username: login.registryUsername, password: login.registryPassword });
});

test('a Docker configuration has the registries to which there is a login', (t) => {
  const outside = [
    { name: 'azure', push: 'studio.azurecr.io', username: 'bot', password: 'p:w' },
    { name: 'open', push: 'images.example.com' },
  ];
  const files = loginFiles(['docker-config'], registry, login, outside);
  t.deepEqual(Object.keys(files), ['config.json']);
  t.deepEqual(JSON.parse(files['config.json'] ?? ''), {
    auths: {
      'registry:5000': { username: 'bot', password: 'hunter22', auth: 'Ym90Omh1bnRlcjIy' },
      'studio.azurecr.io': { username: 'bot', password: 'p:w', auth: Buffer.from('bot:p:w').toString('base64') },
    },
  });
  t.deepEqual(loginFiles(['docker-config'], registry, {}), { 'config.json': '{"auths":{}}' });
});

test('a run has the logins in the forms that its templates want, and in no other', (t) => {
  t.deepEqual(loginFiles([], registry, login), {});
  t.deepEqual(Object.keys(loginFiles(['makisu', 'docker-config'], registry, login)), ['registry.yaml', 'config.json']);
  t.throws(() => loginFiles(['constructor'], registry, login), {
    instanceOf: UserError,
    message: 'There is no form of logins "constructor": coxswain/registry-login is one of makisu, docker-config.',
  });
});
