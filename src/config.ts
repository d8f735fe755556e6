import { readAuthority, readCertificates } from './config/certificates.ts';
import { ConfigError, collectErrors, tried } from './config/config-error.ts';
import { readDocument } from './config/document.ts';
import { type RegistryCredentials, readLogins, readSecrets, readSettings, type Settings } from './config/environment.ts';
import { readGitLogins } from './config/git-logins.ts';
import { schemaIssues } from './config/issues.ts';
import { besides, leaks } from './config/leaks.ts';
import { registriesNamed } from './config/registries.ts';
import { demandOneLogin } from './config/registry-login-rule.ts';
import { type Checks, ruleIssues, shortOf } from './config/rules.ts';
import { schema, type Written } from './config/schema.ts';
import type { Config, GitLogin, ReleaseImage, Repository, Secrets, Stage, VersionSource } from './core/config.ts';
import type { Environment } from './core/environment.ts';
import { messageOf } from './core/errors.ts';

export interface Configuration {
  readonly config: Config;
  readonly secrets: Secrets;
  /** The bot's logins at the external registries, by registry name. */
  readonly logins: Readonly<Record<string, RegistryCredentials>>;
  /** The certificates (PEM) of those with their own CA, by registry name. */
  readonly certificates: Readonly<Record<string, string>>;
  /** The bot's git logins. */
  readonly gitLogins: readonly GitLogin[];
  readonly settings: Settings;
}

/**
 * The bot's whole configuration at its start: environment, file, and the files that either refers to.
 * @throws ConfigError with all issues.
 */
export function readConfiguration(env: Environment, checks: Checks, readFile: (path: string) => string): Configuration {
  const file = env.COXSWAIN_CONFIG || 'coxswain.yaml';
  const registries = registriesNamed(() => textOf(file, readFile), file);
  const [settings, secrets, config, logins, certificates, authority, gitLogins] = collectErrors(
    () => readSettings(env),
    () => readSecrets(env, readFile),
    () => readConfigFile(file, checks, readFile),
    () => readLogins(env, Object.keys(registries.outside), readFile),
    () => readCertificates(registries.outside, file, readFile),
    () => readAuthority(registries.own, 'registry.ca', file, readFile),
    () => gitLoginsIn(env, file, checks, readFile),
  );
  demandOneLogin(file, { config, secrets, logins });
  return { settings, secrets: { ...secrets, ...(authority && { registryAuthority: authority }) }, config, logins, certificates, gitLogins };
}

/** Empty if the file or the settings have issues: those come first. */
function gitLoginsIn(env: Environment, file: string, checks: Checks, readFile: (path: string) => string): GitLogin[] {
  const { value: config } = tried(() => readConfigFile(file, checks, readFile));
  const { value: settings } = tried(() => readSettings(env));
  return config && settings ? readGitLogins(env, config, settings, readFile) : [];
}

/** @throws ConfigError if the file cannot be read or has issues. */
export function readConfigFile(file: string, checks: Checks, readFile: (path: string) => string): Config {
  return readConfig(textOf(file, readFile), file, checks);
}

function textOf(file: string, readFile: (path: string) => string): string {
  try {
    return readFile(file);
  } catch (error) {
    throw new ConfigError([{ file, message: unreadable(error) }]);
  }
}

function unreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'no such file; give another path, or set COXSWAIN_CONFIG (coxswain.example.yaml is a complete example)';
  if (code === 'EISDIR') return 'is a folder; give the path of the file in it';
  return `cannot be read: ${messageOf(error)}`;
}

/**
 * The configuration in a YAML text. `file` is its name in messages.
 * @throws ConfigError with every issue, each with its line and column.
 */
export function readConfig(text: string, file: string, checks: Checks): Config {
  const source = readDocument(text, file);
  const result = schema.safeParse(source.value ?? {});
  const leaked = leaks(source);
  const others = [...source.mistakes, ...schemaIssues(source, result.error?.issues ?? []), ...ruleIssues(source, checks)];
  const issues = [...leaked, ...besides(leaked, others)];
  if (!result.success || issues.length > 0) {
    throw new ConfigError(issues.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)));
  }
  return configOf(result.data);
}

function configOf({ cache, limits, networkPolicy, repositories, registries, ...rest }: Written): Config {
  return {
    ...rest,
    registries: Object.fromEntries(Object.entries(registries).map(([name, one]) => [name, defined(one)])),
    registry: registryOf(rest.registry),
    limits: { runs: limits.runs, newRuns: limits.newRuns, ...(limits.gpus !== undefined && { gpus: limits.gpus }) },
    ...(cache && { cache }),
    ...(networkPolicy !== 'none' && { networkPolicy }),
    repositories: repositories.map((written) => repositoryOf(written, rest.channel)),
  };
}

function registryOf({ api, ...rest }: Written['registry']): Config['registry'] {
  return { ...defined(rest), api: api.replace(/\/$/, '') };
}

/** Without the optional keys of a registry that are not set. */
function defined<T extends { ca?: string | undefined; plain?: boolean | undefined }>({ ca, plain, ...rest }: T) {
  return { ...rest, ...(ca && { ca }), ...(plain !== undefined && { plain }) };
}

function repositoryOf(written: Written['repositories'][number], channel: string): Repository {
  const { name, git, branches, github, version, stages } = written;
  return {
    name,
    git,
    branches,
    short: written.short ?? shortOf(name),
    clone: written.clone ?? git,
    channel: written.channel ?? channel,
    ...(github && { github }),
    ...(version && { version: versionOf(version) }),
    stages: stages.filter(({ release }) => !release).map(stageOf),
    ...releaseOf(stages),
  };
}

const versionFiles = { readme: 'README.md', adoc: 'README.adoc', file: 'VERSION', package: 'package.json', tags: undefined } as const;

function versionOf({ path: written, ...rest }: NonNullable<Written['repositories'][number]['version']>): VersionSource {
  const path = written ?? versionFiles[rest.from];
  return { ...rest, ...(path && { path }) };
}

function stageOf({ name, image, test }: Written['repositories'][number]['stages'][number]): Stage {
  if (image) return { name, kind: 'image', ...image };
  if (test) return { name, kind: 'test', ...test };
  throw new Error(`the rules let stage ${name} pass without a kind`);
}

function releaseOf(stages: Written['repositories'][number]['stages']): Pick<Repository, 'release'> {
  const written = stages.find(({ release }) => release);
  if (!written?.release) return {};
  const { images, github, branches, ...rest } = written.release;
  const built = images.map(({ registry, ...image }): ReleaseImage => ({ ...image, kind: 'image', ...(registry && { registry }) }));
  return { release: { name: written.name, ...rest, images: built, ...(branches && { branches }), ...(github && { github }) } };
}
