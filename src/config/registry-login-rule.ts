import type { Config, Secrets } from '../core/config.ts';
import { hostOf } from '../core/plain-http.ts';
import { ConfigError, type ConfigIssue } from './config-error.ts';
import type { RegistryCredentials } from './environment.ts';

/** What is known of the registries and of the bot's logins there. */
export interface RegistriesKnown {
  readonly config: Pick<Config, 'registry' | 'registries'>;
  readonly secrets: Pick<Secrets, 'registryUsername' | 'registryPassword'>;
  readonly logins: Readonly<Record<string, RegistryCredentials>>;
}

/**
 * Pods know one login per address: of two at the same one, a builder would use the wrong one, and be refused.
 * @throws ConfigError with every such registry
 */
export function demandOneLogin(file: string, { config: { registry, registries = {} }, secrets, logins }: RegistriesKnown): void {
  const own = { key: 'registry', variable: 'REGISTRY_USERNAME', push: registry.push, login: loginIn(secrets) };
  const outside = Object.entries(registries).map(([name, { push }]) => {
    const variable = `REGISTRY_${name.toUpperCase()}_USERNAME`;
    return { key: `registries.${name}`, variable, push, login: logins[name] && wordOf(logins[name]) };
  });
  const all = [own, ...outside].filter(({ login }) => login !== undefined);
  const issues = all.flatMap((one, index): ConfigIssue[] => {
    const other = all.slice(0, index).find(({ push, login }) => hostOf(push) === hostOf(one.push) && login !== one.login);
    if (!other) return [];
    const message = `is the address of ${other.key} too, with another login (${one.variable}, ${other.variable}): pods know one login per address, so give both the same one, which may push to the repositories of both`;
    return [{ file, path: `${one.key}.push`, message }];
  });
  if (issues.length > 0) throw new ConfigError(issues);
}

function loginIn({ registryUsername: username, registryPassword: password }: RegistriesKnown['secrets']): string | undefined {
  return username && password ? wordOf({ username, password }) : undefined;
}

const wordOf = ({ username, password }: RegistryCredentials): string => JSON.stringify([username, password]);
