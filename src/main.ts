import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commands } from '../commands/index.ts';
import { checkCron, schedule } from './clients/clock.ts';
import { clusterClient } from './clients/cluster/cluster-client.ts';
import { loadKubeConfig } from './clients/cluster/kube-config.ts';
import { checkGitUrl } from './clients/git/check-git-url.ts';
import { gitClient } from './clients/git/git-client.ts';
import { githubClient } from './clients/github.ts';
import { httpClient } from './clients/http.ts';
import type { Log } from './clients/log.ts';
import { logStore } from './clients/log-store.ts';
import { processLog } from './clients/process-log.ts';
import { registryClient } from './clients/registry.ts';
import { slackApp } from './clients/slack/app.ts';
import { slackBoard } from './clients/slack/board.ts';
import { slackMembers } from './clients/slack/members.ts';
import { openStore, type Store } from './clients/store.ts';
import { templateFiles } from './clients/template-files.ts';
import { type Configuration, readConfiguration } from './config.ts';
import { dispatch } from './core/dispatch.ts';
import { messageOf, UserError } from './core/errors.ts';
import { lineRedactor, redactor } from './core/redaction.ts';
import { roles } from './core/roles.ts';
import { RunBook } from './core/run-book.ts';
import { readerNamed } from './logs/readers.ts';
import { viewOf } from './messages/view.ts';
import { commitSource } from './pipeline/commit-source.ts';
import type { Outside } from './pipeline/outside.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import { applyServices } from './pipeline/services.ts';

const manifests = fileURLToPath(new URL('../manifests', import.meta.url));
const now = (): Date => new Date();

/** Builds everything and joins it; the way of a run is in `pipeline/pipeline.ts`. Gives what stops it all. */
async function start(): Promise<() => Promise<void>> {
  const configuration = readConfiguration(process.env, { cron: checkCron, gitUrl: checkGitUrl }, (file) => readFileSync(file, 'utf8'));
  const { config, secrets, settings } = configuration;
  const log = processLog(settings.logLevel, redactor(Object.values(secrets)));
  const store = await openStore({ folder: settings.dataFolder, log });
  const book = new RunBook({ saves: store, runs: store.runs(), now, uid: () => randomBytes(10).toString('hex'), log: log.error });
  const cluster = clusterClient({ kubeConfig: loadKubeConfig(process.env), instance: config.instance, log });
  const pipeline = new Pipeline(config, secrets, book, outside(configuration, cluster, store, log));
  const slack = slackParts(configuration, pipeline, log);

  pipeline.begin();
  await applyServices(config, cluster, (name) => readFile(join(manifests, 'services', `${name}.yaml`), 'utf8'), log.info);
  const polls = schedule(config.poll, () => pipeline.poll(), { name: 'poll', log });
  await slack.start();
  await pipeline.poll();
  log.info(`coxswain ${config.instance} is on watch: ${config.repositories.map(({ name }) => name).join(', ')}`);

  return async () => {
    await polls.stop();
    await slack.stop();
    await pipeline.stop();
    await store.close();
  };
}

/** The clients of everything outside. */
function outside({ config, secrets, settings }: Configuration, cluster: Outside['cluster'], store: Store, log: Log): Outside {
  const { dataFolder, slackApiUrl, githubApiUrl } = settings;
  const http = httpClient();
  const github = secrets.githubToken
    ? githubClient({ token: secrets.githubToken, log, ...(githubApiUrl && { baseUrl: githubApiUrl }) })
    : undefined;
  const git = gitClient({
    folder: join(dataFolder, 'git'),
    rules: config.git,
    http,
    log,
    ...credentials(secrets.gitUsername, secrets.gitPassword),
  });
  const registry = { api: config.registry.api, http, ...credentials(secrets.registryUsername, secrets.registryPassword) };
  const slack = { token: secrets.slackBotToken, log, ...(slackApiUrl && { apiUrl: slackApiUrl }) };
  return {
    cluster,
    registry: registryClient(registry),
    git: commitSource(git, github, log.info),
    ...(github && { github }),
    board: slackBoard({ ...slack, instance: config.instance, viewOf: viewOf(config, now) }),
    records: store,
    logs: logStore(dataFolder, log),
    templates: templateFiles(join(manifests, 'jobs')),
    readerNamed,
    redaction: () => lineRedactor(Object.values(secrets)),
    now,
    log: log.info,
  };
}

/** What people say to the pipeline, by Slack. */
function slackParts({ config, secrets, settings }: Configuration, pipeline: Pipeline, log: Log) {
  const api = settings.slackApiUrl ? { apiUrl: settings.slackApiUrl } : {};
  const known = roles(config.people, slackMembers({ token: secrets.slackBotToken, log, ...api }));
  return slackApp({
    tokens: { bot: secrets.slackBotToken, app: secrets.slackAppToken },
    answer: dispatch(commands({ pipeline, roles: known }), known),
    viewOf: viewOf(config, now),
    log,
    ...api,
  });
}

function credentials(username: string | undefined, password: string | undefined) {
  return username && password ? { credentials: { username, password } } : {};
}

// What nobody has caught may have left anything half done: the next start takes it up from what is saved.
process.on('unhandledRejection', (error) => {
  process.stderr.write(`coxswain stops: ${error instanceof Error ? error.stack : messageOf(error)}\n`);
  process.exit(1);
});

try {
  const stop = await start();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop().finally(() => process.exit(0)));
} catch (error) {
  const words =
    error instanceof UserError ? error.message : `coxswain cannot start: ${error instanceof Error ? error.stack : messageOf(error)}`;
  process.stderr.write(`${words}\n`);
  process.exit(1);
}
