import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commands } from '../commands/index.ts';
import { checkCron, schedule } from './clients/clock.ts';
import { clusterClient } from './clients/cluster/cluster-client.ts';
import { loadKubeConfig } from './clients/cluster/kube-config.ts';
import { checkGitUrl } from './clients/git/check-git-url.ts';
import { gitClient } from './clients/git/git-client.ts';
import { githubClient } from './clients/github.ts';
import { httpClient } from './clients/http.ts';
import { logStore } from './clients/log-store.ts';
import { processLog } from './clients/process-log.ts';
import { registryClient } from './clients/registry.ts';
import { slackApp } from './clients/slack/app.ts';
import { slackBoard } from './clients/slack/board.ts';
import { slackMembers } from './clients/slack/members.ts';
import { openStore } from './clients/store.ts';
import { templateFiles } from './clients/template-files.ts';
import { readConfiguration } from './config.ts';
import { dispatch } from './core/dispatch.ts';
import { messageOf, UserError } from './core/errors.ts';
import { lineRedactor, redactor } from './core/redaction.ts';
import { roles } from './core/roles.ts';
import { RunBook } from './core/run-book.ts';
import { readerNamed } from './logs/readers.ts';
import { viewOf } from './messages/view.ts';
import { commitSource } from './pipeline/commit-source.ts';
import { pipeline } from './pipeline/pipeline.ts';
import { applyServices } from './pipeline/services.ts';

const manifests = new URL('../manifests/', import.meta.url).pathname;

/** Builds everything and joins it; the way of a run is in `pipeline/pipeline.ts`. */
async function start(): Promise<() => Promise<void>> {
  const { config, secrets, settings } = readConfiguration(process.env, { cron: checkCron, gitUrl: checkGitUrl }, (file) =>
    readFileSync(file, 'utf8'),
  );
  const now = () => new Date();
  const secretValues = Object.values(secrets);
  const log = processLog(settings.logLevel, redactor(secretValues));
  const say = (message: string) => log.info(message);
  const { dataFolder, slackApiUrl, githubApiUrl } = settings;

  const http = httpClient();
  const store = await openStore({ folder: dataFolder, log });
  const logs = logStore(dataFolder, log);
  const cluster = clusterClient({ kubeConfig: loadKubeConfig(process.env), instance: config.instance, log });
  const registry = registryClient({ api: config.registry.api, http, ...credentials(secrets.registryUsername, secrets.registryPassword) });
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
  const slack = { token: secrets.slackBotToken, log, ...(slackApiUrl && { apiUrl: slackApiUrl }) };
  const viewOfRun = viewOf(config, now);

  const book = new RunBook({ saves: store, runs: store.runs(), now, uid: () => randomBytes(10).toString('hex'), log: say });
  const way = pipeline(config, secrets, book, {
    cluster,
    registry,
    git: commitSource(git, github, say),
    ...(github && { github }),
    board: slackBoard({ ...slack, instance: config.instance, viewOf: viewOfRun }),
    records: store,
    logs,
    templates: templateFiles(join(manifests, 'jobs')),
    readerNamed,
    redaction: () => lineRedactor(secretValues),
    now,
    log: say,
  });
  const known = roles(config.people, slackMembers(slack));
  const app = slackApp({
    log,
    tokens: { bot: secrets.slackBotToken, app: secrets.slackAppToken },
    ...(slackApiUrl && { apiUrl: slackApiUrl }),
    viewOf: viewOfRun,
    answer: dispatch(commands({ pipeline: way, roles: known }), known),
  });

  const watch = way.begin();
  await applyServices(config, cluster, (name) => readFile(join(manifests, 'services', `${name}.yaml`), 'utf8'), say);
  const polls = schedule(config.poll, way.poll, { name: 'poll', log });
  await app.start();
  await way.poll();
  log.info(`coxswain ${config.instance} is on watch: ${config.repositories.map(({ name }) => name).join(', ')}`);

  return async () => {
    await polls.stop();
    watch.stop();
    await app.stop();
    await way.stop();
    await store.close();
  };
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
  process.stderr.write(
    `${error instanceof UserError ? error.message : `coxswain cannot start: ${error instanceof Error ? error.stack : messageOf(error)}`}\n`,
  );
  process.exit(1);
}
