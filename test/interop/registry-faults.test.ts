import type { ExecutionContext } from 'ava';
import { labels } from './servers/labels.ts';
import { type RegistryName, registries } from './servers/registries.ts';
import { type Answer, type Fault, page, redirectTo, tooMany } from './support/fault-proxy.ts';
import { ociIndex } from './support/image.ts';
import { testWith } from './support/installed.ts';
import { type RegistryWorld, type RegistryWorldOptions, registryWorld } from './support/registry-world.ts';
import { saw } from './support/row.ts';

interface Scenario {
  /** All by default. */
  readonly servers?: readonly RegistryName[];
  readonly options?: RegistryWorldOptions;
  readonly fault?: Fault;
  /** What is seen; by default, what becomes of a release as 1.0.0, which is somebody's image. */
  see?(world: RegistryWorld): Promise<string>;
}

const manifests = /\/manifests\//;
const instead = (answer: Partial<Answer>): Scenario => ({ fault: { path: manifests, instead: answer } });
const json = (value: unknown, type = 'application/json', status = 200): Partial<Answer> => ({
  status,
  headers: { 'content-type': type },
  body: Buffer.from(JSON.stringify(value)),
});
const withTls = ['distribution', 'docker-registry', 'olareg'] as const;
const withLogins = ['distribution', 'docker-registry'] as const;

const doubts: Readonly<Record<string, Scenario>> = {
  'the answer is empty': { fault: { path: manifests, endAfter: 0 } },
  'the index is `{manifests: [null]}`': instead(json({ schemaVersion: 2, manifests: [null] }, ociIndex)),
  'its certificate is of an unknown authority': { servers: withTls, options: { tls: true, trusts: false } },
  'it speaks TLS, and is spoken to as http': { servers: withTls, options: { tls: true, scheme: 'http' } },
  'it speaks http, and is spoken to as https': { options: { scheme: 'https' } },
  'the token server answers 429 with Retry-After: 600': {
    servers: withLogins,
    options: { auth: 'token' },
    see: async ({ tokens, release }) => {
      tokens?.set({ instead: tooMany(600) });
      return await release('1.0.0');
    },
  },
};

const byToken = (answer: Fault): Scenario => ({
  servers: withLogins,
  options: { auth: 'token' },
  see: async ({ tokens, release }) => {
    tokens?.set(answer);
    return await release('1.0.1');
  },
});
const renamed = ({ body, ...answer }: Answer): Answer => {
  const { token, ...others } = JSON.parse(body.toString('utf8'));
  return { ...answer, body: Buffer.from(JSON.stringify({ ...others, token: '', access_token: token })) };
};
const access = ({ registry, outcome }: RegistryWorld) =>
  outcome(registry.ping(), ({ login, ...rest }) => `access: ${login}${'unproven' in rest ? ', the login was not looked at' : ''}`);

const logins: Readonly<Record<string, Scenario>> = {
  'TLS by an own authority': { servers: withTls, options: { tls: true }, see: access },
  'basic: the right password': { servers: withLogins, options: { auth: 'htpasswd' }, see: access },
  'basic: a wrong password': { servers: withLogins, options: { auth: 'htpasswd', password: 'wrong' }, see: access },
  'basic: no password': { servers: withLogins, options: { auth: 'htpasswd', password: 'none' }, see: access },
  'token: the right password': { servers: withLogins, options: { auth: 'token' }, see: access },
  'token: a wrong password': { servers: withLogins, options: { auth: 'token', password: 'wrong' }, see: access },
  'token: the password is right, and may not read the repository': {
    servers: withLogins,
    options: { auth: 'token', grants: () => false },
    see: ({ release }) => release('1.0.1'),
  },
  'token: an empty `token` beside `access_token`': byToken({ rewrite: renamed }),
  'token: the answer is compressed unasked': byToken({ gzip: true }),
  'token: the token server redirects to itself': byToken({
    times: 1,
    instead: (request) => redirectTo(`${request.url}&again=1`, 307),
  }),
  'token: the token server redirects to elsewhere': byToken({ instead: redirectTo('https://elsewhere.example/token') }),
  'token: a web page instead of a token': byToken({ instead: page }),
  'a password for a registry where reading needs none': { options: { password: 'wrong' }, see: access },
  '`/v2/` is a web page': { fault: { path: /^\/v2\/$/, instead: page }, see: access },
};

for (const [table, scenarios] of Object.entries({ doubts, logins })) {
  for (const name of Object.keys(registries) as RegistryName[]) {
    testWith([registries[name].program], `${labels[name]}: ${table} are seen as in the table`, async (t: ExecutionContext) => {
      t.timeout(300_000);
      for (const [did, { servers, options, fault, see = (at: RegistryWorld) => at.release('1.0.0') }] of Object.entries(scenarios)) {
        if (servers && !servers.includes(name)) continue;
        const world = await registryWorld(t, name, options);
        if (fault) world.proxy.set(fault);
        saw(t, { rows: `registry-${table}`, server: labels[name], did }, await see(world));
      }
    });
  }
}
