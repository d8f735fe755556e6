import { execFileSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { said } from '../cli/said.ts';
import { type GitServerName, gitServers } from './servers/git.ts';
import { labels } from './servers/labels.ts';
import { type RegistryName, registries, registryLogin } from './servers/registries.ts';
import { scratchFolder } from './servers/start.ts';
import { type Fault, page } from './support/fault-proxy.ts';
import { type GitWorld, gitWorld } from './support/git-world.ts';
import { testWith } from './support/installed.ts';
import { type RegistryWorldOptions, registryWorld } from './support/registry-world.ts';
import { plain, saw } from './support/row.ts';

interface Asked {
  readonly registry?: string;
  readonly ca?: string | undefined;
  readonly password?: string;
  readonly git?: string;
}

/** What `coxswain doctor` prints about one thing, on one line. */
async function doctor(about: string, { registry = 'http://127.0.0.1:9', ca, password, git }: Asked): Promise<string> {
  const { folder, remove } = await scratchFolder('doctor');
  const repository = join(folder, 'demo');
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', repository]);
  const { host } = new URL(registry);
  const caFile = join(folder, 'ca.pem');
  if (ca) writeFileSync(caFile, ca);
  const config = {
    instance: 'lab',
    channel: '#ci',
    registry: { push: host, pull: host, api: registry, ...(ca && { ca: caFile }) },
    git: { localRoots: [folder], ...(git && { httpHosts: [new URL(git).host] }) },
    repositories: [
      { name: 'demo', git: git ?? repository, stages: [{ name: 'image', image: { template: 'makisu', repository: 'demo' } }] },
    ],
  };
  const file = join(folder, 'coxswain.yaml');
  writeFileSync(file, JSON.stringify(config));
  const login = password === undefined ? {} : { REGISTRY_USERNAME: registryLogin.username, REGISTRY_PASSWORD: password };
  const { printed, complained } = await said(['doctor', file], { PATH: process.env.PATH, KUBECONFIG: join(folder, 'gone'), ...login });
  await remove();
  if (complained) return plain(complained, { [folder]: '…' });
  const lines = printed.split('\n');
  const at = lines.findIndex((line) => line.slice(9).startsWith(about));
  const next = lines[at + 1]?.startsWith(' ') ? ` ${lines[at + 1]?.trim()}` : '';
  return plain(`${lines[at]?.replace(/ +/, ' ')}${next}`, {
    [host]: 'registry.example',
    ...(git && { [new URL(git).host]: 'git.example' }),
    [folder]: '…',
  });
}

interface Scenario {
  readonly servers?: readonly RegistryName[];
  readonly options?: RegistryWorldOptions;
  readonly fault?: Fault;
  readonly password?: string;
}

const withLogins = ['distribution', 'docker-registry'] as const;
const withTls = [...withLogins, 'olareg'] as const;
const { password } = registryLogin;

const scenarios: Readonly<Record<string, Scenario>> = {
  'doctor: a registry that asks for nothing': {},
  'doctor: a login that nobody asks for': { password: 'wrong' },
  'doctor: TLS by an own authority, in `registry.ca`': { servers: withTls, options: { tls: true } },
  'doctor: a password that the registry itself asks for': { servers: withLogins, options: { auth: 'htpasswd' }, password },
  'doctor: a wrong password': { servers: withLogins, options: { auth: 'htpasswd' }, password: 'wrong' },
  'doctor: a token': { servers: withLogins, options: { tls: true, auth: 'token' }, password },
  'doctor: a wrong password for the token server': { servers: withLogins, options: { tls: true, auth: 'token' }, password: 'wrong' },
  'doctor: a login that may not push': {
    servers: withLogins,
    options: { tls: true, auth: 'token', grants: (scope) => !scope.includes('push') },
    password,
  },
  'doctor: a login that may push, but not delete': {
    servers: withLogins,
    options: { tls: true, auth: 'token', grants: (scope) => !scope.includes('delete') },
    password,
  },
  'doctor: `/v2/` is a web page': { fault: { path: /^\/v2\/$/, instead: page } },
};

for (const name of Object.keys(registries) as RegistryName[]) {
  testWith([registries[name].program], `${labels[name]}: doctor says of its access what is in the table`, async (t: ExecutionContext) => {
    t.timeout(300_000);
    for (const [did, { servers, options = {}, fault, password: login }] of Object.entries(scenarios)) {
      if (servers && !servers.includes(name)) continue;
      const world = await registryWorld(t, name, options);
      if (fault) world.proxy.set(fault);
      const url = options.tls ? world.server.url : world.proxy.url;
      const seen = await doctor('Registry: api', { registry: url, ca: world.ca, ...(login !== undefined && { password: login }) });
      saw(t, { rows: 'doctor', server: labels[name], did }, seen);
    }
  });
}

const repositories: Readonly<Record<string, (world: GitWorld) => void>> = {
  'doctor: a repository': () => undefined,
  'doctor: a repository without branches': ({ sample }) => sample.git('update-ref', '-d', 'refs/heads/main'),
  'doctor: upload-pack dies': ({ sample }) => {
    sample.git('pack-refs', '--all');
    writeFileSync(join(sample.path, 'packed-refs'), 'damaged\n');
  },
  'doctor: the repository was moved away': ({ sample }) => renameSync(sample.path, `${sample.path}.away`),
  'doctor: a web page': ({ proxy }) => proxy.set({ instead: page }),
};

for (const name of Object.keys(gitServers) as GitServerName[]) {
  testWith(
    gitServers[name].programs,
    `${labels[name]}: doctor says of its repositories what is in the table`,
    async (t: ExecutionContext) => {
      t.timeout(300_000);
      for (const [did, befalls] of Object.entries(repositories)) {
        const world = await gitWorld(t, name);
        befalls(world);
        const seen = await doctor('Git: demo', { git: `${world.proxy.url}/sample.git` });
        saw(t, { rows: 'doctor', server: labels[name], did }, seen.replace(/main at [0-9a-f]{7}/, 'main at COMMIT'));
      }
    },
  );
}
