import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { Bot } from './bot.ts';
import { type ConfigurationParts, configurationText } from './configuration.ts';
import { type SampleRepository, sampleRepository } from './git/sample.ts';
import { type GitServer, startGitServer } from './git/server.ts';
import { type Github, startGithub } from './github/github.ts';
import type { Program } from './kubernetes/cluster.ts';
import { type Kubernetes, type KubernetesOptions, startKubernetes } from './kubernetes/kubernetes.ts';
import { type Registry, startRegistry } from './registry/registry.ts';
import { type SlackOptions, type SlackStandIn, startSlack } from './slack/start.ts';

/** A cluster that is there already, with its registry under its three addresses. */
export interface RealCluster {
  /** Path of its kubeconfig. */
  readonly kubeconfig: string;
  /** Address of this machine, used by pods. */
  readonly host: string;
  readonly registry: { readonly push: string; readonly pull: string; readonly api: string };
}

export interface WorldOptions {
  /** Everything is written below it. */
  readonly folder: string;
  readonly cluster?: RealCluster;
  /** GPUs that the test stage asks for. */
  readonly gpus?: number;
  /** Whether there is a GitHub; without it the bot sets no status and releases nothing there. */
  readonly github?: boolean;
  /** Whether runs that pass can be released. */
  readonly release?: boolean;
  /** Milliseconds for each build step and seconds between tests, so that people can watch. */
  readonly pace?: { readonly stepMs: number; readonly testSeconds: number };
  readonly slack?: Partial<SlackOptions>;
  readonly kubernetes?: Partial<KubernetesOptions>;
  /** Further or other keys of coxswain.yaml, and other stages. */
  readonly config?: Pick<ConfigurationParts, 'over' | 'repository' | 'stages'>;
  /** PATH and what else the bot and the programs need of the surroundings. */
  readonly env: Readonly<Record<string, string>>;
  /** Further or other variables of the bot alone. */
  readonly botEnv?: Readonly<Record<string, string>>;
  readonly log?: (line: string) => void;
}

/** The bot's surroundings: stand-ins for what is not configured, a sample repository, and the bot itself, not yet started. */
export interface World {
  readonly slack: SlackStandIn;
  readonly kubernetes: Kubernetes | undefined;
  readonly registry: Registry | undefined;
  readonly github: Github | undefined;
  readonly git: GitServer;
  readonly sample: SampleRepository;
  readonly bot: Bot;
  /** Where the bot keeps its records. */
  readonly data: string;
  readonly kubeconfig: string;
  readonly configFile: string;
  close(): Promise<void>;
}

const tokens = { bot: 'xoxb-sandbox-bot', app: 'xapp-sandbox-app', github: 'ghp_sandbox' };
/** The sample repository at the stand-in for GitHub. */
export const githubName = 'harbour/scheduler';
const player = fileURLToPath(new URL('./makisu.ts', import.meta.url));
const copier = fileURLToPath(new URL('./skopeo.ts', import.meta.url));
const manifestFile = new URL('../../slack-manifest.yml', import.meta.url);

export async function startWorld(options: WorldOptions): Promise<World> {
  const { folder, cluster, pace, env, log = () => undefined } = options;
  const repositories = join(folder, 'repositories');
  for (const part of [repositories, join(folder, 'cache')]) await mkdir(part, { recursive: true });
  const manifest: unknown = parse(await readFile(manifestFile, 'utf8'));
  const slack = await startSlack({ manifest, botToken: tokens.bot, appToken: tokens.app, ...options.slack });
  const git = await startGitServer({ folder: repositories, host: cluster?.host ?? '127.0.0.1', env });
  if (!cluster) await writePrograms(programsOf(folder));
  const registry = cluster ? undefined : await startRegistry({ folder: join(folder, 'registry') });
  const kubernetes = registry && (await startKubernetes({ ...standInOptions(options, registry, pace?.stepMs ?? 0), log }));
  const addresses = cluster?.registry ?? { push: registry?.host ?? '', pull: registry?.host ?? '', api: registry?.url ?? '' };
  const base = `${addresses.push}/library/busybox:1.35`;
  const sample = await sampleRepository({ repositories, work: join(folder, 'work'), base, pause: pace?.testSeconds ?? 0, env });
  const github = options.github ? await startGithub(githubOptions(options, sample)) : undefined;

  const kubeconfig = cluster?.kubeconfig ?? join(folder, 'kubeconfig');
  if (kubernetes) await writeFile(kubeconfig, kubernetes.kubeconfig);
  const places = { configFile: join(folder, 'coxswain.yaml'), data: join(folder, 'data'), kubeconfig };
  const url = `${git.url}/${sample.name}.git`;
  const parts = { git: url, clone: url, registry: addresses, gpus: options.gpus ?? 0, release: options.release ?? false };
  await writeFile(places.configFile, configurationText({ ...parts, ...(github && { github: githubName }), ...options.config }));
  const bot = new Bot({ ...env, ...botEnvironment(places, slack, github), ...options.botEnv }, log);
  const close = () => closeAll(bot, [kubernetes, registry, github, git, slack]);
  return { slack, kubernetes, registry, github, git, sample, bot, ...places, close };
}

function botEnvironment(
  places: { readonly configFile: string; readonly data: string; readonly kubeconfig: string },
  slack: SlackStandIn,
  github: Github | undefined,
): Record<string, string> {
  return {
    COXSWAIN_CONFIG: places.configFile,
    COXSWAIN_DATA: places.data,
    KUBECONFIG: places.kubeconfig,
    SLACK_API_URL: slack.url,
    SLACK_BOT_TOKEN: tokens.bot,
    SLACK_APP_TOKEN: tokens.app,
    ...(github && { GITHUB_API_URL: github.url, GITHUB_TOKEN: tokens.github }),
  };
}

function githubOptions({ folder, env }: WorldOptions, { path }: SampleRepository): Parameters<typeof startGithub>[0] {
  return { folder: join(folder, 'github'), token: tokens.github, repositories: { [githubName]: { path } }, env };
}

const programsOf = (folder: string) => join(folder, 'programs');

/** Programs that templates call by name, as their images have them in PATH. */
async function writePrograms(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const words = [process.execPath, '--no-warnings', copier].map((word) => `'${word}'`).join(' ');
  await writeFile(join(folder, 'skopeo'), `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
}

function standInOptions({ folder, env, kubernetes }: WorldOptions, registry: Registry, stepMs: number): KubernetesOptions {
  const registriesEnv = { COXSWAIN_SANDBOX_REGISTRIES: JSON.stringify({ [registry.host]: registry.url }) };
  const makisuEnv = {
    ...registriesEnv,
    COXSWAIN_SANDBOX_CACHE: join(folder, 'cache'),
    COXSWAIN_SANDBOX_PACE: String(stepMs),
  };
  const programs: Program[] = [
    { match: /^gcr\.io\/uber-container-tools\/makisu-alpine[:@]/, entrypoint: [process.execPath, '--no-warnings', player], env: makisuEnv },
    { match: /^quay\.io\/skopeo\/stable[:@]/, entrypoint: ['skopeo'], env: registriesEnv },
    { match: /^docker\.io\/alpine\/git[:@]/, entrypoint: ['git'] },
    { match: /^docker\.io\/library\/busybox[:@]/, cmd: ['sh'] },
  ];
  return {
    folder: join(folder, 'kubernetes'),
    registries: { [registry.host]: registry.url },
    programs,
    containerEnv: { PATH: `${programsOf(folder)}:${env.PATH ?? ''}` },
    ...kubernetes,
  };
}

async function closeAll(bot: Bot, parts: readonly ({ close(): Promise<void> } | undefined)[]): Promise<void> {
  await bot.end('SIGKILL');
  for (const part of parts) await part?.close();
}
