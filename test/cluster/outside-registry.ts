import { randomBytes } from 'node:crypto';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { ApiServer } from '../../src/clients/cluster/transport/api-server.ts';
import { loadKubeConfig } from '../../src/clients/cluster/transport/kube-config.ts';
import { type Authority, anAuthority } from './authority.ts';
import { type Cleaning, layersIn } from './lab.ts';
import { service, tokenFor, tokenServer } from './token-server.ts';

const login = { username: 'coxswain', password: 'over-the-water' };
/** This machine as pods say it. */
const host = '198.18.0.1';

interface Address {
  readonly name: string;
  readonly ip: string;
}

/**
 * An image registry in the cluster as one outside of it is: TLS by an authority of its own, and a token for those who have the password, as the
 * big ones want it. (Makisu cannot log in to one that asks for the password itself, as `registry:2` does with a password file.)
 */
export interface OutsideRegistry {
  /** For `registries` of the configuration. */
  readonly addresses: Readonly<Record<'outside' | 'late', { readonly push: string; readonly api: string; readonly ca: string }>>;
  readonly env: Readonly<Record<string, string>>;
  readonly login: typeof login;
  /** From now on pods can push to `late` too, which is the same registry; before, nothing listened there. */
  open(): Promise<void>;
  /** An image, as someone hears of it who trusts that authority alone: its digest, and those of its layers. */
  image(repository: string, tag: string): Promise<{ readonly digest: string | undefined; readonly layers: readonly string[] }>;
  /** The status for somebody without a token. */
  anonymous(path: string): Promise<number>;
}

export async function outsideRegistry(t: Cleaning): Promise<OutsideRegistry> {
  const cluster = await aNamespace(t);
  const [outside, late] = [await cluster.service('outside', 'registry'), await cluster.service('late', 'nobody')];
  const names = [outside, late].flatMap(({ name, ip }) => [`DNS:${name}`, `IP:${ip}`]);
  const authority = await anAuthority(t, [...names, `IP:${host}`]);
  const { ca, cert, key, caFile } = authority;
  const realm = await tokenServer(t, { host, cert, key, login });
  await cluster.make('secrets', { metadata: { name: 'registry' }, stringData: { cert, key, ca } });
  await cluster.make('pods', podOf(realm));
  await answers(outside, authority);
  // The bot reaches it by one address from the start: it asks what lies there before anything is pushed.
  const registry = ({ name }: Address) => ({ push: `${name}:5000`, api: `https://${outside.ip}:5000`, ca: caFile });
  const variables = (name: string) => ({ [`REGISTRY_${name}_USERNAME`]: login.username, [`REGISTRY_${name}_PASSWORD`]: login.password });
  return {
    addresses: { outside: registry(outside), late: registry(late) },
    env: { ...variables('OUTSIDE'), ...variables('LATE') },
    login,
    async open() {
      await cluster.lead('late', 'registry');
      await answers(late, authority);
    },
    async image(repository, tag) {
      const token = tokenFor([`repository:${repository}:pull`], { cert, key, subject: login.username });
      const { digest, body } = await asked(outside, authority, `/v2/${repository}/manifests/${tag}`, token);
      return { digest, layers: layersIn(body) };
    },
    anonymous: async (path) => (await asked(outside, authority, path)).status,
  };
}

/** A namespace for the time of a test. */
async function aNamespace(t: Cleaning) {
  const namespace = `outside-${randomBytes(3).toString('hex')}`;
  const api = new ApiServer(loadKubeConfig(process.env));
  const ask = (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) =>
    api.json({ doing: `${method} ${path}`, path: `/api/v1/namespaces${path}`, method, body, contentType: types[method] });
  await ask('POST', '', { metadata: { name: namespace } });
  t.teardown(() => ask('DELETE', `/${namespace}`));
  const make = (kind: string, object: object) => ask('POST', `/${namespace}/${kind}`, object);
  return {
    make,
    /** A Service for the pods of an app. */
    async service(name: string, app: string): Promise<Address> {
      const made = await make('services', { metadata: { name }, spec: { selector: { app }, ports: [{ port: 5000 }] } });
      return { name: `${name}.${namespace}.svc.cluster.local`, ip: (made as { spec: { clusterIP: string } }).spec.clusterIP };
    },
    lead: (name: string, app: string) => ask('PATCH', `/${namespace}/services/${name}`, { spec: { selector: { app } } }),
  };
}

const types = { POST: 'application/json', PATCH: 'application/merge-patch+json', DELETE: 'application/json' };

function podOf(realm: string): object {
  const settings = {
    REGISTRY_HTTP_ADDR: ':5000',
    REGISTRY_HTTP_TLS_CERTIFICATE: '/secret/cert',
    REGISTRY_HTTP_TLS_KEY: '/secret/key',
    REGISTRY_AUTH: 'token',
    REGISTRY_AUTH_TOKEN_REALM: realm,
    REGISTRY_AUTH_TOKEN_SERVICE: service,
    REGISTRY_AUTH_TOKEN_ISSUER: service,
    REGISTRY_AUTH_TOKEN_ROOTCERTBUNDLE: '/secret/ca',
  };
  const container = {
    name: 'registry',
    image: 'registry:2',
    imagePullPolicy: 'IfNotPresent',
    env: Object.entries(settings).map(([name, value]) => ({ name, value })),
    volumeMounts: [{ name: 'secret', mountPath: '/secret' }],
  };
  const volumes = [{ name: 'secret', secret: { secretName: 'registry' } }];
  const spec = { terminationGracePeriodSeconds: 1, containers: [container], volumes };
  return { metadata: { name: 'registry', labels: { app: 'registry' } }, spec };
}

/** Waits until it asks for a token. */
async function answers(at: Address, authority: Authority): Promise<void> {
  const end = Date.now() + 60_000;
  while ((await asked(at, authority, '/v2/').catch(() => undefined))?.status !== 401) {
    if (Date.now() > end) throw new Error(`the registry ${at.name} does not come up within 60 s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

interface Answer {
  readonly status: number;
  readonly digest: string | undefined;
  readonly body: string;
}

function asked({ ip }: Address, { ca }: Authority, path: string, token?: string): Promise<Answer> {
  const accept = 'application/vnd.docker.distribution.manifest.v2+json';
  const headers = { accept, ...(token && { authorization: `Bearer ${token}` }) };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request({ host: ip, port: 5000, ca, path, headers, timeout: 5_000, agent: false }, (answer) => {
    const { 'docker-content-digest': digest } = answer.headers;
    const status = answer.statusCode ?? 0;
    text(answer).then((body) => resolve({ status, digest: status === 200 ? String(digest) : undefined, body }), reject);
  });
  sent.once('timeout', () => sent.destroy(new Error('no answer')));
  sent.once('error', reject);
  sent.end();
  return promise;
}
