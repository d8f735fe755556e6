import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { Bot } from './bot.ts';
import { type ConfigurationParts, configurationText } from './configuration.ts';
import { type SampleRepository, sampleRepository } from './git/sample.ts';
import { startGitServer } from './git/server.ts';
import type { Program } from './kubernetes/cluster.ts';
import { type Kubernetes, type KubernetesOptions, startKubernetes } from './kubernetes/kubernetes.ts';
import { type Registry, startRegistry } from './registry/registry.ts';
import { type SlackOptions, type SlackStandIn, startSlack } from './slack/start.ts';

/** A cluster that is there already, with its registry under its three addresses. */
export interface RealCluster {
  /** Path of its kubeconfig. */
  readonly kubeconfig: string;
  /** Address of this machine as pods say it. */
  readonly host: string;
  readonly registry: { readonly push: string; readonly pull: string; readonly api: string };
}

export interface WorldOptions {
  /** Everything is written below it. */
  readonly folder: string;
  readonly cluster?: RealCluster;
  /** GPUs that the test stage asks for. */
  readonly gpus?: number;
  /** Milliseconds for each build step and seconds between tests, so that people can watch. */
  readonly pace?: { readonly stepMs: number; readonly testSeconds: number };
  readonly slack?: Partial<SlackOptions>;
  readonly kubernetes?: Partial<KubernetesOptions>;
  /** Further or other keys of coxswain.yaml, and other stages. */
  readonly config?: Pick<ConfigurationParts, 'over' | 'stages'>;
  /** PATH and what else the bot and the programs need of the surroundings. */
  readonly env: Readonly<Record<string, string>>;
  readonly log?: (line: string) => void;
}

/** The bot's surroundings: stand-ins for what is not configured, a sample repository, and the bot itself, not yet started. */
export interface World {
  readonly slack: SlackStandIn;
  readonly kubernetes: Kubernetes | undefined;
  readonly registry: Registry | undefined;
  readonly sample: SampleRepository;
  readonly bot: Bot;
  /** Where the bot keeps its records. */
  readonly data: string;
  readonly kubeconfig: string;
  readonly configFile: string;
  readonly manifest: unknown;
  close(): Promise<void>;
}

const tokens = { bot: 'xoxb-sandbox-bot', app: 'xapp-sandbox-app' };
const player = fileURLToPath(new URL('./makisu.ts', import.meta.url));
const manifestFile = new URL('../../slack-manifest.yml', import.meta.url);

export async function startWorld(options: WorldOptions): Promise<World> {
  const { folder, cluster, pace = { stepMs: 0, testSeconds: 0 }, env, log = () => undefined } = options;
  const repositories = join(folder, 'repositories');
  for (const part of [repositories, join(folder, 'cache')]) await mkdir(part, { recursive: true });
  const manifest: unknown = parse(await readFile(manifestFile, 'utf8'));
  const slack = await startSlack({ manifest, botToken: tokens.bot, appToken: tokens.app, ...options.slack });
  const git = await startGitServer({ folder: repositories, host: cluster?.host ?? '127.0.0.1', env });
  const registry = cluster ? undefined : await startRegistry({ folder: join(folder, 'registry') });
  const kubernetes = registry && (await startKubernetes({ ...standInOptions(options, registry, pace.stepMs), log }));
  const addresses = cluster?.registry ?? { push: registry?.host ?? '', pull: registry?.host ?? '', api: registry?.url ?? '' };
  const sample = await sampleRepository({
    repositories,
    work: join(folder, 'work'),
    base: `${addresses.push}/library/busybox:1.35`,
    pause: pace.testSeconds,
    env,
  });

  const kubeconfig = cluster?.kubeconfig ?? join(folder, 'kubeconfig');
  if (kubernetes) await writeFile(kubeconfig, kubernetes.kubeconfig);
  const url = `${git.url}/${sample.name}.git`;
  const configFile = join(folder, 'coxswain.yaml');
  await writeFile(configFile, configurationText({ git: url, clone: url, registry: addresses, gpus: options.gpus ?? 0, ...options.config }));
  const data = join(folder, 'data');
  const bot = new Bot({ ...env, ...botEnvironment({ configFile, data, kubeconfig, slack: slack.url }) }, log);
  return {
    slack,
    kubernetes,
    registry,
    sample,
    bot,
    data,
    kubeconfig,
    configFile,
    manifest,
    close: () => close(bot, [kubernetes, registry, git, slack]),
  };
}

function botEnvironment(at: { configFile: string; data: string; kubeconfig: string; slack: string }): Record<string, string> {
  return {
    COXSWAIN_CONFIG: at.configFile,
    COXSWAIN_DATA: at.data,
    KUBECONFIG: at.kubeconfig,
    SLACK_API_URL: at.slack,
    SLACK_BOT_TOKEN: tokens.bot,
    SLACK_APP_TOKEN: tokens.app,
  };
}

function standInOptions({ folder, env, kubernetes }: WorldOptions, registry: Registry, stepMs: number): KubernetesOptions {
  const makisuEnv = {
    COXSWAIN_SANDBOX_REGISTRIES: JSON.stringify({ [registry.host]: registry.url }),
    COXSWAIN_SANDBOX_CACHE: join(folder, 'cache'),
    COXSWAIN_SANDBOX_PACE: String(stepMs),
  };
  const programs: Program[] = [
    { match: /(^|\/)makisu(-alpine)?(:|@|$)/, entrypoint: [process.execPath, '--no-warnings', player], env: makisuEnv },
    { match: /^(docker\.io\/)?alpine\/git(:|@|$)/, entrypoint: ['git'] },
    { match: /^(docker\.io\/)?(library\/)?busybox(:|@|$)/, cmd: ['sh'] },
  ];
  return {
    folder: join(folder, 'kubernetes'),
    registries: { [registry.host]: registry.url },
    programs,
    containerEnv: { PATH: env.PATH ?? '' },
    ...kubernetes,
  };
}

async function close(bot: Bot, parts: readonly ({ close(): Promise<void> } | undefined)[]): Promise<void> {
  await bot.end('SIGKILL');
  for (const part of parts) await part?.close();
}
