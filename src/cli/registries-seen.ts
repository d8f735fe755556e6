import { readTextNow } from '../clients/files/files-client.ts';
import { type Http, httpClient } from '../clients/http/http-client.ts';
import { type Registry, registryClient } from '../clients/registry/registry-client.ts';
import { readAuthority, readCertificates } from '../config/certificates.ts';
import { type ConfigIssue, tried } from '../config/config-error.ts';
import { type RegistryCredentials, readLogins } from '../config/environment.ts';
import type { Config, Proxies, Secrets } from '../core/config.ts';
import type { Environment } from '../core/environment.ts';
import type { Finding } from '../core/finding.ts';
import { externalRegistryFinding, registryFindings, type SeenRegistry } from './findings/registry.ts';
import type { TokenPush } from './token-pushes.ts';

/** What is known about the external registries, and the issues found. */
export interface ExternalRegistries {
  readonly logins: Readonly<Record<string, RegistryCredentials>>;
  readonly certificates: Readonly<Record<string, string>>;
  /** The certificates of the cluster's own. */
  readonly authority?: string;
  readonly issues: readonly ConfigIssue[];
  readonly proxies: Proxies;
}

/** With the images that are pushed by builders which can only log in with tokens. */
interface Seen extends ExternalRegistries {
  readonly tokenPushes: readonly TokenPush[];
}

export function externalRegistriesOf({ registry, registries = {} }: Config, env: Environment, proxies: Proxies): ExternalRegistries {
  const logins = tried(() => readLogins(env, Object.keys(registries), readTextNow));
  const certificates = tried(() => readCertificates(registries, 'coxswain.yaml', readTextNow));
  const authority = tried(() => readAuthority(registry.ca, 'registry.ca', 'coxswain.yaml', readTextNow));
  const issues = [...logins.mistakes, ...certificates.mistakes, ...authority.mistakes];
  const own = authority.value && { authority: authority.value };
  return { logins: logins.value ?? {}, certificates: certificates.value ?? {}, ...own, issues, proxies };
}

/** The findings for the cluster's registry, and for the external ones. */
export async function registriesSeen(config: Config, secrets: Partial<Secrets>, outside: Seen, http: Http): Promise<Finding[]> {
  const { registry, registries = {} } = config;
  const { registryUsername: username, registryPassword: password } = secrets;
  const credentials = username && password ? { username, password } : undefined;
  // Neither pods nor nodes use the bot's proxy.
  const trusted = outside.authority && { ca: outside.authority };
  const unproxied = httpClient({ ...trusted });
  const trusting = trusted ? httpClient({ ...trusted, proxies: outside.proxies }) : http;
  try {
    const client = registryClient({
      api: registry.api,
      http: trusting,
      hasAuthority: trusted !== undefined,
      ...(credentials && { credentials }),
    });
    const own = registryFindings(registry, seenAs(client, outside.tokenPushes, undefined), unproxied);
    const others = Object.entries(registries).map(([name, { api }]) => outsideSeen(name, api, outside, http));
    return [...(await own), ...(await Promise.all(others))];
  } finally {
    await unproxied.close();
    if (trusting !== http) await trusting.close();
  }
}

async function outsideSeen(name: string, api: string, seen: Seen, http: Http): Promise<Finding> {
  const { logins, certificates, proxies, tokenPushes } = seen;
  const [login, ca] = [logins[name], certificates[name]];
  const trusting = ca ? httpClient({ ca, proxies }) : http;
  try {
    const registry = registryClient({ api, name, http: trusting, hasAuthority: ca !== undefined, ...(login && { credentials: login }) });
    return await externalRegistryFinding(name, api, `REGISTRY_${name.toUpperCase()}`, seenAs(registry, tokenPushes, name));
  } finally {
    if (trusting !== http) await trusting.close();
  }
}

function seenAs(registry: Registry, pushes: readonly TokenPush[], name: string | undefined): SeenRegistry {
  const own = pushes.filter((push) => push.registry === name);
  const tokenBuilders = [...new Set(own.map(({ template }) => template))];
  const [first, ...more] = new Set(own.map(({ repository }) => repository));
  const ping = () => registry.ping();
  return first === undefined ? { ping, tokenBuilders } : { ping, tokenBuilders, beginUpload: () => registry.beginUpload([first, ...more]) };
}
