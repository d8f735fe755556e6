import { z } from 'zod';
import type { Proxies, Secrets } from '../core/config.ts';
import type { Environment } from '../core/environment.ts';
import { messageOf } from '../core/errors.ts';
import { pullConfigIssue } from '../core/pull-config.ts';
import { ConfigError, type ConfigIssue, collectErrors } from './config-error.ts';
import { readProxies } from './proxies.ts';

/** Settings from environment variables. */
export interface Settings {
  /** COXSWAIN_CONFIG: the configuration file. */
  readonly configFile: string;
  /** COXSWAIN_DATA: the folder of runs, logs and the git cache. */
  readonly dataFolder: string;
  readonly slackApiUrl?: string;
  readonly githubApiUrl?: string;
  /** GITHUB_APP_ID and GITHUB_APP_INSTALLATION_ID, of a GitHub App used instead of a token. */
  readonly githubApp?: { readonly appId: string; readonly installationId: string };
  readonly kubeConfig?: string;
  /** COXSWAIN_HEALTH_PORT: the port for health probes; absent: none. 0: any free port. */
  readonly healthPort?: number;
  readonly proxies: Proxies;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

interface SecretRule {
  readonly name: string;
  readonly key: keyof Secrets;
  readonly required?: true;
  readonly starts?: string;
  /** What is wrong with the value, if it has a syntax of its own. */
  readonly mistake?: (value: string) => string | undefined;
  /** The variable that must also be set. */
  readonly with?: string;
}

/** Every secret by its variable's name; each may be given as `<name>_FILE` instead. */
export const secretRules: readonly SecretRule[] = [
  { name: 'SLACK_BOT_TOKEN', key: 'slackBotToken', required: true, starts: 'xoxb-' },
  { name: 'SLACK_APP_TOKEN', key: 'slackAppToken', required: true, starts: 'xapp-' },
  { name: 'GITHUB_TOKEN', key: 'githubToken' },
  { name: 'GITHUB_APP_KEY', key: 'githubAppKey', starts: '-----BEGIN', with: 'GITHUB_APP_ID' },
  { name: 'GIT_USERNAME', key: 'gitUsername', with: 'GIT_PASSWORD' },
  { name: 'GIT_PASSWORD', key: 'gitPassword', with: 'GIT_USERNAME' },
  { name: 'REGISTRY_USERNAME', key: 'registryUsername', with: 'REGISTRY_PASSWORD' },
  { name: 'REGISTRY_PASSWORD', key: 'registryPassword', with: 'REGISTRY_USERNAME' },
  { name: 'IMAGE_PULL_CONFIG', key: 'imagePullConfig', mistake: pullConfigIssue },
];

const file = 'environment';

/**
 * The secrets, without surrounding white space. An empty variable counts as not set.
 * @throws ConfigError with every issue; it contains no secret value.
 */
export function readSecrets(env: Environment, readFile: (path: string) => string): Secrets {
  const { secrets, mistakes: issues } = secretsIn(env, readFile);
  if (issues.length > 0) throw new ConfigError(issues);
  const { slackBotToken = '', slackAppToken = '', ...others } = secrets;
  return { slackBotToken, slackAppToken, ...others };
}

/** The valid secrets, and the issues of the others. */
export function secretsIn(
  env: Environment,
  readFile: (path: string) => string,
): { secrets: Partial<Secrets>; mistakes: readonly ConfigIssue[] } {
  const issues: ConfigIssue[] = [];
  const secrets: Partial<Record<keyof Secrets, string>> = {};
  for (const rule of secretRules) {
    const { value, mistake: issue } = readSecret(rule, env, readFile);
    if (issue) issues.push({ file, path: rule.name, message: issue });
    else if (value) secrets[rule.key] = value;
  }
  return { secrets, mistakes: issues };
}

/** A secret from its variable or its file. */
export function readSecret(
  rule: Omit<SecretRule, 'key'>,
  env: Environment,
  readFile: (path: string) => string,
): { value?: string; mistake?: string } {
  const { name } = rule;
  const direct = env[name]?.trim();
  const path = env[`${name}_FILE`]?.trim();
  if (direct && path) return { mistake: `${name} and ${name}_FILE are both set; keep one` };
  let value = direct;
  if (path) {
    try {
      value = readFile(path).trim();
    } catch (error) {
      return { mistake: `${name}_FILE cannot be read: ${messageOf(error)}` };
    }
    if (!value) return { mistake: `${name}_FILE is empty: ${path}` };
  }
  const issue = value ? wrongSecret(rule, value, env) : missingSecret(rule);
  return { ...(value && { value }), ...(issue && { mistake: issue }) };
}

function missingSecret({ name, required, starts }: Omit<SecretRule, 'key'>): string | undefined {
  return required && `is not set; give the token that starts with ${starts} as ${name}, or the path of a file as ${name}_FILE`;
}

function wrongSecret(
  { name, starts, with: other, mistake: issue }: Omit<SecretRule, 'key'>,
  value: string,
  env: Environment,
): string | undefined {
  const formal = issue?.(value);
  if (formal) return formal;
  if (starts && !value.startsWith(starts)) return `must start with ${starts}; the value has another form`;
  if (/token/i.test(name) && /\s/.test(value)) return 'contains white space; a token has none';
  if (other && !env[other]?.trim() && !env[`${other}_FILE`]?.trim()) return `is set but ${other} is not; set both`;
  return undefined;
}

const number = z.string().regex(/^\d+$/, { error: 'a number' }).optional();
const port = z
  .string()
  .regex(/^\d{1,5}$/, { error: 'a port number, or empty for none' })
  .transform(Number)
  .refine((value) => value <= 65_535, { error: 'a port number, at most 65535' })
  .optional();
const url = z
  .url({ protocol: /^https?$/, error: 'an http or https URL' })
  .refine((written) => !URL.canParse(written) || new URL(written).port !== '0', { error: 'an http or https URL with a port of 1 to 65535' })
  .optional();
const settingsForm = z.object({
  COXSWAIN_CONFIG: z.string().default('coxswain.yaml'),
  COXSWAIN_DATA: z.string().default('data'),
  SLACK_API_URL: url,
  GITHUB_API_URL: url,
  GITHUB_APP_ID: number,
  GITHUB_APP_INSTALLATION_ID: number,
  KUBECONFIG: z.string().optional(),
  COXSWAIN_HEALTH_PORT: port,
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error'], { error: 'debug, info, warn or error' }).default('info'),
});

/** @throws ConfigError with every issue. */
export function readSettings(env: Environment): Settings {
  const [written, githubApp, proxies] = collectErrors(
    () => writtenSettings(env),
    () => githubAppIn(env),
    () => readProxies(env),
  );
  const { COXSWAIN_CONFIG, COXSWAIN_DATA, SLACK_API_URL, GITHUB_API_URL, KUBECONFIG, COXSWAIN_HEALTH_PORT, LOG_LEVEL } = written;
  return {
    configFile: COXSWAIN_CONFIG,
    dataFolder: COXSWAIN_DATA,
    logLevel: LOG_LEVEL,
    proxies,
    ...(SLACK_API_URL && { slackApiUrl: SLACK_API_URL }),
    ...(GITHUB_API_URL && { githubApiUrl: GITHUB_API_URL }),
    ...(githubApp && { githubApp }),
    ...(KUBECONFIG && { kubeConfig: KUBECONFIG }),
    ...(COXSWAIN_HEALTH_PORT !== undefined && { healthPort: COXSWAIN_HEALTH_PORT }),
  };
}

function writtenSettings(env: Environment): z.infer<typeof settingsForm> {
  const result = settingsForm.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  if (result.success) return result.data;
  const wrong = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new ConfigError(
    wrong.map(({ path, message }) => ({ file, path, message: `found ${JSON.stringify(env[path])}; allowed: ${message}` })),
  );
}

/** The bot's login at an external registry. */
export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

/**
 * The logins of the configured registries, from REGISTRY_<NAME>_USERNAME and REGISTRY_<NAME>_PASSWORD (or their `_FILE`s).
 * @throws ConfigError with every issue
 */
export function readLogins(
  env: Environment,
  registries: readonly string[],
  readFile: (path: string) => string,
): Record<string, RegistryCredentials> {
  const issues: ConfigIssue[] = [];
  const logins: Record<string, RegistryCredentials> = {};
  for (const name of registries) {
    const [username, password] = ['USERNAME', 'PASSWORD'].map((part, index, parts) => {
      const [own, other] = [part, parts[1 - index]].map((one) => `REGISTRY_${name.toUpperCase()}_${one}`);
      const { value, mistake: issue } = readSecret({ name: own ?? '', ...(other && { with: other }) }, env, readFile);
      if (issue) issues.push({ file, path: own ?? '', message: issue });
      return value;
    });
    if (username && password) logins[name] = { username, password };
  }
  if (issues.length > 0) throw new ConfigError(issues);
  return logins;
}

/** A GitHub App needs two numbers and a key; an incomplete one would mean that releases are never created. */
function githubAppIn(env: Environment): Settings['githubApp'] {
  const { GITHUB_APP_ID: appId, GITHUB_APP_INSTALLATION_ID: installationId } = env;
  if (!appId && !installationId) return undefined;
  const key = env.GITHUB_APP_KEY?.trim() || env.GITHUB_APP_KEY_FILE?.trim();
  const found = { GITHUB_APP_ID: appId, GITHUB_APP_INSTALLATION_ID: installationId, GITHUB_APP_KEY: key };
  const missing = Object.entries(found).flatMap(([name, value]) => (value ? [] : [name]));
  const issues = missing.map((path) => ({ file, path, message: 'is not set; a GitHub App needs its id, its installation id and its key' }));
  if (env.GITHUB_TOKEN?.trim() || env.GITHUB_TOKEN_FILE?.trim())
    issues.push({ file, path: 'GITHUB_TOKEN', message: 'is set as well as a GitHub App; keep one' });
  if (issues.length > 0) throw new ConfigError(issues);
  return { appId: appId ?? '', installationId: installationId ?? '' };
}
