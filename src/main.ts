import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { commands } from '../commands/index.ts';
import { auditFile } from './clients/audit-file.ts';
import { checkCron, schedule } from './clients/clock.ts';
import { clusterClient } from './clients/cluster/cluster-client.ts';
import { loadKubeConfig } from './clients/cluster/kube-config.ts';
import { checkGitUrl } from './clients/git/check-git-url.ts';
import { gitClient } from './clients/git/git-client.ts';
import { githubFor } from './clients/github/login.ts';
import { type Http, httpClient } from './clients/http.ts';
import type { Log } from './clients/log.ts';
import { logStore } from './clients/log-store.ts';
import { processLog } from './clients/process-log.ts';
import { registriesOf, registryClient } from './clients/registry.ts';
import { type SlackApp, slackApp } from './clients/slack/app.ts';
import { slackBoard } from './clients/slack/board.ts';
import { slackMembers } from './clients/slack/members.ts';
import { type FreezeFile, openFreezes } from './clients/store/freeze-file.ts';
import { openStore, type Store } from './clients/store.ts';
import { templateFiles, templateMistake } from './clients/template-files.ts';
import { type Configuration, readConfiguration } from './config.ts';
import { dispatch } from './core/dispatch.ts';
import { messageOf, UserError } from './core/errors.ts';
import { type Freeze, freezeOf } from './core/freeze.ts';
import { knownSecrets } from './core/redaction/known.ts';
import { lineRedactor, redactor, secretValues } from './core/redaction.ts';
import { roles } from './core/roles.ts';
import { RunBook } from './core/run-book.ts';
import { readerNamed } from './logs/readers.ts';
import { viewOf } from './messages/view.ts';
import type { CollectPorts } from './pipeline/collect.ts';
import { commitSource } from './pipeline/commit-source.ts';
import type { Approvers } from './pipeline/decisions.ts';
import { fileSource } from './pipeline/file-source.ts';
import type { Outside } from './pipeline/outside.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import { releaseAssets } from './pipeline/release-assets.ts';
import { notesFrom } from './pipeline/release-notes.ts';
import type { OutsideLogin } from './pipeline/run-objects.ts';
import { applyServices } from './pipeline/services.ts';

const manifests = fileURLToPath(new URL('../manifests', import.meta.url));
const now = (): Date => new Date();
/** The checks of a configuration that only clients can make. */
const checks = { cron: checkCron, gitUrl: checkGitUrl, template: templateMistake(join(manifests, 'jobs')) };
/** Takes the secrets that are known so far out of a last word. */
let hide = (text: string): string => text;

/** What every part is built from. */
interface Ground extends Configuration {
  /** Every secret value that the bot knows. */
  readonly known: readonly string[];
  readonly redact: (text: string) => string;
  readonly log: Log;
}

/** Builds everything and joins it; the way of a run is in `pipeline/pipeline.ts`. `ending`: how each part ends, in the order of its start. */
async function start(ending: (() => Promise<void>)[]): Promise<void> {
  const ground = groundOf(process.env);
  const { config, secrets, settings, redact, log } = ground;
  const store = await openStore({ folder: settings.dataFolder, log });
  ending.push(() => store.close());
  const freezes = await openFreezes(join(settings.dataFolder, 'freezes.json'));
  const audit = auditFile(join(settings.dataFolder, 'audit.jsonl'), redact);
  const book = new RunBook({ saves: store, runs: store.runs(), now, uid: () => randomBytes(10).toString('hex'), log: log.error, redact });
  const cluster = clusterClient({ kubeConfig: loadKubeConfig(process.env), instance: config.instance, log });
  const people = roles(config.people, slackMembers(slackOptions(ground)));
  const pipeline = new Pipeline(config, secrets, book, outside(ground, { cluster, store, freezes, approvers: people }));
  ending.push(() => pipeline.stop());
  const said = commands({ pipeline, roles: people, decisions: pipeline.decisions, freezes: telling(freezes, pipeline), audit });
  const answer = dispatch(said, people, audit, pipeline);
  const tokens = { bot: secrets.slackBotToken, app: secrets.slackAppToken };
  const app = () => slackApp({ ...slackOptions(ground), tokens, answer, viewOf: viewFor(ground) });

  pipeline.begin();
  await applyServices(config, cluster, (name) => readFile(join(manifests, 'services', `${name}.yaml`), 'utf8'), log.info);
  const polls = schedule(config.poll, () => pipeline.poll(), { name: 'poll', log });
  ending.push(() => polls.stop());
  await pipeline.poll();
  await connected(app, ending, log);
  log.info(`coxswain ${config.instance} is on watch: ${config.repositories.map(({ name }) => name).join(', ')}`);
}

/** Runs go on while Slack is away: only a token that it refuses ends the start. */
async function connected(app: () => SlackApp, ending: (() => Promise<void>)[], log: Log): Promise<void> {
  for (let wait = 5_000; ; wait = Math.min(60_000, wait * 2)) {
    const slack = app();
    try {
      await slack.start();
      ending.push(() => slack.stop());
      return;
    } catch (error) {
      if (error instanceof UserError) throw error;
      log.warn(`${messageOf(error)}; tries again in ${wait / 1000} s, runs go on`);
      await sleep(wait);
    }
  }
}

function groundOf(env: NodeJS.ProcessEnv): Ground {
  const configuration = readConfiguration(env, checks, (file) => readFileSync(file, 'utf8'));
  const known = [configuration.secrets, ...Object.values(configuration.logins)].flatMap((one) => secretValues(one));
  const redact = redactor(known);
  hide = knownSecrets(known);
  return { ...configuration, known, redact, log: processLog(configuration.settings.logLevel, redact) };
}

interface Built {
  readonly cluster: Outside['cluster'] & CollectPorts['cluster'];
  readonly store: Store;
  readonly freezes: FreezeFile;
  readonly approvers: Approvers;
}

/** The clients of everything outside. */
function outside(ground: Ground, { cluster, store, freezes, approvers }: Built): Outside {
  const { config, secrets, settings, known, log } = ground;
  const http = httpClient();
  const { dataFolder } = settings;
  const github = githubFor(ground);
  const gitLogin = credentials(secrets.gitUsername, secrets.gitPassword);
  const git = gitClient({ folder: join(dataFolder, 'git'), rules: config.git, http, log, ...gitLogin });
  const news = notesFrom(github?.releases);
  const templates = templateFiles(join(manifests, 'jobs'));
  const logs = logStore(dataFolder, log);
  const registry = registryClient({ api: config.registry.api, http, ...credentials(secrets.registryUsername, secrets.registryPassword) });
  return {
    cluster,
    registry: registriesOf(registry, outsideRegistries(ground, http)),
    git: commitSource(git, github, log.info),
    files: fileSource(git, github?.files, log.info),
    ...(github && { github }),
    board: slackBoard({ ...slackOptions(ground), instance: config.instance, viewOf: viewFor(ground) }),
    records: store,
    logs,
    templates,
    release: {
      ...(github && { github: github.releases }),
      changes: news,
      notes: news,
      assets: releaseAssets({ cluster, templates, now, logs }),
      freezes: { of: (repository) => freezeOf(freezes.list(), repository) },
      approvers,
      logins: loginsOf(ground),
    },
    readerNamed,
    redaction: () => lineRedactor(known),
    now,
    log: log.info,
  };
}

/** Each with connections of its own where it has an authority of its own: nobody else is to be trusted for it. */
function outsideRegistries({ config, logins, certificates }: Ground, http: Http) {
  const clients = Object.entries(config.registries ?? {}).map(([name, { api }]) => {
    const [ca, login] = [certificates[name], logins[name]];
    return [name, registryClient({ api, name, http: ca ? httpClient({ ca }) : http, ...(login && { credentials: login }) })] as const;
  });
  return Object.fromEntries(clients);
}

function loginsOf({ config, logins, certificates }: Ground): OutsideLogin[] {
  return Object.entries(config.registries ?? {}).map(([name, { push }]) => {
    const ca = certificates[name];
    return { name, push, ...logins[name], ...(ca && { ca }) };
  });
}

/** Freezes as people say them: what is approved hears of each at once. */
function telling(freezes: FreezeFile, pipeline: Pipeline) {
  const then = (done: Promise<void>) => done.then(() => pipeline.frozen());
  return {
    list: freezes.list,
    freeze: (freeze: Freeze) => then(freezes.freeze(freeze)),
    unfreeze: (repository?: string) => then(freezes.unfreeze(repository)),
  };
}

function slackOptions({ secrets, settings, redact, log }: Ground) {
  return { token: secrets.slackBotToken, log, redact, ...(settings.slackApiUrl && { apiUrl: settings.slackApiUrl }) };
}

/** GitHub's pages lie beside its API: that of an own GitHub is `https://HOST/api/v3`. */
function viewFor({ config, settings }: Ground) {
  return viewOf(config, now, settings.githubApiUrl?.replace(/\/api\/v3\/?$/, ''));
}

function credentials(username: string | undefined, password: string | undefined) {
  return username && password ? { credentials: { username, password } } : {};
}

// What nobody has caught may have left anything half done: the next start takes it up from what is saved.
process.on('unhandledRejection', (error) => {
  process.stderr.write(hide(`coxswain stops: ${error instanceof Error ? error.stack : messageOf(error)}\n`));
  process.exit(1);
});

const ending: (() => Promise<void>)[] = [];
const end = async () => {
  for (const part of ending.toReversed()) await part();
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end().finally(() => process.exit(0)));

try {
  await start(ending);
} catch (error) {
  const words =
    error instanceof UserError ? error.message : `coxswain cannot start: ${error instanceof Error ? error.stack : messageOf(error)}`;
  process.stderr.write(hide(`${words}\n`));
  process.exit(1);
}
