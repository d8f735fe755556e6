import { type Http, httpClient } from '../clients/http.ts';
import { registryClient } from '../clients/registry.ts';
import { readCertificates } from '../config/certificates.ts';
import { type Environment, type RegistryLogin, readLogins } from '../config/environment.ts';
import { ConfigError, type Mistake } from '../config/mistakes.ts';
import type { Config, Secrets } from '../core/config.ts';
import type { Finding } from '../core/finding.ts';
import { readText } from './checks.ts';
import { outsideFinding, registryFindings } from './findings/registry.ts';

/** What is known of the registries outside of the cluster, beside the mistakes in it. */
export interface Outside {
  readonly logins: Readonly<Record<string, RegistryLogin>>;
  readonly certificates: Readonly<Record<string, string>>;
  readonly mistakes: readonly Mistake[];
}

export function outsideOf({ registries = {} }: Config, env: Environment): Outside {
  const mistakes: Mistake[] = [];
  const unlessWrong = <T>(read: () => Record<string, T>): Record<string, T> => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      mistakes.push(...error.mistakes);
      return {};
    }
  };
  const logins = unlessWrong(() => readLogins(env, Object.keys(registries), readText));
  const certificates = unlessWrong(() => readCertificates(registries, 'coxswain.yaml', readText));
  return { logins, certificates, mistakes };
}

/** The registry of the cluster, and those outside of it. */
export async function registriesSeen(config: Config, secrets: Partial<Secrets>, outside: Outside, http: Http): Promise<Finding[]> {
  const { registry, registries = {} } = config;
  const { registryUsername: username, registryPassword: password } = secrets;
  const credentials = username && password ? { username, password } : undefined;
  const own = registryFindings(registry, registryClient({ api: registry.api, http, ...(credentials && { credentials }) }), http);
  const others = Object.entries(registries).map(([name, { api }]) => outsideSeen(name, api, outside, http));
  return [...(await own), ...(await Promise.all(others))];
}

async function outsideSeen(name: string, api: string, { logins, certificates }: Outside, http: Http): Promise<Finding> {
  const [login, ca] = [logins[name], certificates[name]];
  const trusting = ca ? httpClient({ ca }) : http;
  try {
    const registry = registryClient({ api, name, http: trusting, ...(login && { credentials: login }) });
    return await outsideFinding(name, api, `REGISTRY_${name.toUpperCase()}`, registry);
  } finally {
    if (trusting !== http) await trusting.close();
  }
}
