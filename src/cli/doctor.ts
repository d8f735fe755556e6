import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { clusterClient } from '../clients/cluster/cluster-client.ts';
import { loadKubeConfig } from '../clients/cluster/transport/kube-config.ts';
import { readTextNow } from '../clients/files/files-client.ts';
import { gitClient } from '../clients/git/git-client.ts';
import { GitLogins } from '../clients/git/logins/logins.ts';
import { gitEnvironment } from '../clients/git/program/git-environment.ts';
import { appTokens, githubFor } from '../clients/github/login.ts';
import { type Http, httpClient, type Web, webClient } from '../clients/http/http-client.ts';
import { slackDoctor } from '../clients/slack/doctor.ts';
import { ConfigError, type ConfigIssue, tried } from '../config/config-error.ts';
import { readSettings, type Settings, secretsIn } from '../config/environment.ts';
import { readGitLogins } from '../config/git-logins.ts';
import { proxySecrets } from '../config/proxies.ts';
import { readConfigFile } from '../config.ts';
import type { Config, GitLogin, Proxies, Secrets } from '../core/config.ts';
import type { Environment } from '../core/environment.ts';
import { messageOf } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { gitSecrets } from '../core/git/git-login.ts';
import { knownSecrets } from '../core/redaction/known.ts';
import { secretValues } from '../core/redaction/redactor.ts';
import { machineTime } from '../core/time/clock.ts';
import { fileSource } from '../pipeline/version/file-source.ts';
import { RepositoryVersions } from '../pipeline/version/versions.ts';
import { checksWith } from './checks.ts';
import { fileOf, type Program, understood } from './command-line.ts';
import { cacheFinding } from './findings/cache.ts';
import { clusterFindings } from './findings/cluster.ts';
import { gitFindings } from './findings/git.ts';
import { githubFindings } from './findings/github.ts';
import { versionFindings } from './findings/version.ts';
import { externalRegistriesOf, registriesSeen } from './registries-seen.ts';
import { tokenPushes } from './token-pushes.ts';

const quiet = { info() {}, warn() {}, error() {} };

export const doctor: Program = {
  name: 'doctor',
  usage: 'doctor [file]',
  summary: 'Checks Slack, git, GitHub, the cluster, the registry and the cache as the bot sees them, and says what to do next.',
  async run({ words, env, templates, print }) {
    const { positionals } = understood(() => parseArgs({ args: [...words], allowPositionals: true }));
    const config = readConfigFile(fileOf(positionals, env), checksWith(templates), readTextNow);
    const { secrets, mistakes: issues } = secretsIn(env, readTextNow);
    const { settings, wrong } = settingsSeen(env);
    const proxies = settings?.proxies ?? { no: [] };
    const outside = externalRegistriesOf(config, env, proxies);
    const git = gitLoginsSeen(config, env, settings);
    const pushes = await tokenPushes(config, templates);
    const [http, web] = [httpClient({ proxies }), webClient(proxies)];
    try {
      const found = await Promise.all([
        slackSeen(config, secrets, env, web),
        gitSeen(config, secrets, { env, http, proxies, logins: loginsOf(git.logins, secrets, settings, web) }),
        githubSeen(config, secrets, settings, web),
        clusterSeen(config, env, proxies),
        registriesSeen(config, secrets, { ...outside, tokenPushes: pushes }, http),
        cacheFinding(config.cache),
      ]);
      const findings = [...environmentSeen([...issues, ...outside.issues, ...git.mistakes, ...wrong]), ...found.flat()];
      // The evidence is often a server's response, and a server may echo our own login.
      const known = [secrets, ...Object.values(outside.logins), ...gitSecrets(git.logins)].flatMap((one) => secretValues(one));
      const redact = knownSecrets([...known, ...proxySecrets(proxies)]);
      for (const finding of findings) print(redact(line(finding)));
      return findings.some(({ state }) => state === 'failed') ? 1 : 0;
    } finally {
      await http.close();
      await web.close();
    }
  },
};

function line({ about, state, evidence, next }: Finding): string {
  const word = state === 'failed' ? 'FAILED' : state;
  return `${word.padEnd(8)} ${about}: ${evidence}${next ? `\n         next: ${next}` : ''}`;
}

/** Issues of the environment are reported as findings: the rest can be checked without it. */
function environmentSeen(issues: readonly ConfigIssue[]): Finding[] {
  const next = 'Set it, or mount it as a file: manifests/bot/secret.example.yaml.';
  if (issues.length === 0) return [{ about: 'Environment', state: 'ok', evidence: 'all required secrets are set' }];
  return issues.map(({ path, message }) => ({ about: `Environment: ${path}`, state: 'failed', evidence: message, next }));
}

function settingsSeen(env: Environment): { settings?: Settings; wrong: readonly ConfigIssue[] } {
  try {
    return { settings: readSettings(env), wrong: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { wrong: error.issues };
  }
}

/** Empty if the settings are invalid: the environment's findings report that. */
async function githubSeen(
  { repositories }: Config,
  secrets: Partial<Secrets>,
  settings: Settings | undefined,
  web: Web,
): Promise<Finding[]> {
  if (!settings) return [];
  const github = githubFor({ secrets, settings, log: quiet, web });
  const who = settings.githubApp ? 'the GitHub App' : 'GITHUB_TOKEN';
  return githubFindings(github && { who, check: (place) => github.check(place) }, repositories);
}

/** Empty if a token is missing: the environment's findings report that. */
async function slackSeen(
  config: Config,
  { slackBotToken: bot, slackAppToken: app }: Partial<Secrets>,
  env: Environment,
  web: Web,
): Promise<Finding[]> {
  if (!bot || !app) return [];
  const channels = config.repositories.map(({ channel }) => channel);
  const apiUrl = env.SLACK_API_URL;
  return slackDoctor({ tokens: { bot, app }, log: quiet, web, scopes: manifestScopes(), channels, ...(apiUrl && { apiUrl }) });
}

function manifestScopes(): string[] {
  const manifest = parse(readTextNow(fileURLToPath(new URL('../../slack-manifest.yml', import.meta.url))));
  return manifest.oauth_config.scopes.bot;
}

/** Incomplete logins are reported as findings, too: everything else can still be checked. */
function gitLoginsSeen(
  config: Config,
  env: Environment,
  settings: Settings | undefined,
): { logins: GitLogin[]; mistakes: readonly ConfigIssue[] } {
  const { value: logins = [], mistakes: issues } = tried(() => readGitLogins(env, config, settings ?? {}, readTextNow));
  return { logins, mistakes: issues };
}

function loginsOf(logins: readonly GitLogin[], secrets: Partial<Secrets>, settings: Settings | undefined, web: Web): GitLogins {
  return new GitLogins(logins, settings && appTokens({ secrets, settings, log: quiet, web }));
}

interface Reach {
  readonly env: Environment;
  readonly http: Http;
  readonly proxies: Proxies;
  readonly logins: GitLogins;
}

async function gitSeen(config: Config, secrets: Partial<Secrets>, { env, http, proxies, logins }: Reach): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'coxswain-doctor-'));
  const forGit = { ...gitEnvironment(env), proxies };
  const git = gitClient({ folder, rules: config.git, http, log: quiet, ...forGit, logins });
  try {
    const versions = new RepositoryVersions({ config, git, files: fileSource(git, undefined, quiet.info), now: machineTime });
    const { repositories } = config;
    const named = (address: string) => logins.named(address);
    const canPush = (address: string) => logins.has(address);
    return [...(await gitFindings(git, repositories, named)), ...(await versionFindings(versions, repositories, { secrets, canPush }))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function clusterSeen({ instance }: Config, env: Environment, proxies: Proxies): Promise<Finding[]> {
  try {
    const cluster = clusterClient({ kubeConfig: loadKubeConfig(env, proxies), instance, log: quiet });
    try {
      return await clusterFindings(cluster, instance);
    } finally {
      await cluster.close();
    }
  } catch (error) {
    return [
      { about: 'Cluster', state: 'failed', evidence: messageOf(error), next: 'Set KUBECONFIG, or run in a pod with a service account.' },
    ];
  }
}
