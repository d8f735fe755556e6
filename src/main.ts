import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { commands } from '../commands/index.ts';
import { auditFile } from './clients/audit/audit-client.ts';
import { checkCron, schedule } from './clients/clock/clock-client.ts';
import { HeardTime } from './clients/clock/heard-time.ts';
import { type ClusterClient, clusterClient } from './clients/cluster/cluster-client.ts';
import { loadKubeConfig } from './clients/cluster/transport/kube-config.ts';
import { readText, readTextNow } from './clients/files/files-client.ts';
import { checkGitUrl } from './clients/git/check-git-url.ts';
import { type Health, startHealth } from './clients/health/health-client.ts';
import { webClient } from './clients/http/http-client.ts';
import type { Log } from './clients/log/log.ts';
import { processLog } from './clients/log/log-client.ts';
import { slackDirectory } from './clients/slack/people/directory.ts';
import { slackMembers } from './clients/slack/people/members.ts';
import { type SlackApp, slackApp } from './clients/slack/slack-client.ts';
import { type FreezeFile, openFreezes } from './clients/store/freeze-file.ts';
import { openHeard } from './clients/store/heard-file.ts';
import { openStore } from './clients/store/store-client.ts';
import { templateMistake } from './clients/templates/templates-client.ts';
import { proxySecrets } from './config/proxies.ts';
import { readConfiguration } from './config.ts';
import { dispatch } from './core/command/dispatch.ts';
import { messageOf, UserError } from './core/errors.ts';
import { gitSecrets } from './core/git/git-login.ts';
import { roles } from './core/people/roles.ts';
import { standings } from './core/people/standing.ts';
import { knownSecrets } from './core/redaction/known.ts';
import { redactor, secretValues } from './core/redaction/redactor.ts';
import type { Freeze } from './core/release/freeze.ts';
import { RunBook } from './core/run/run-book.ts';
import { Backoff } from './core/time/backoff.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import { applyServices } from './pipeline/stage/services.ts';
import { type AppContext, portsFrom, slackOptions, viewFor } from './wiring.ts';

const manifests = fileURLToPath(new URL('../manifests', import.meta.url));
const templates = join(manifests, 'jobs');
const uid = (): string => randomBytes(10).toString('hex');
/** The checks of a configuration that only clients can make. */
const checks = { cron: checkCron, gitUrl: checkGitUrl, template: templateMistake(templates) };
/** Takes the secrets that are known so far out of a last word. */
let hide = (text: string): string => text;

/** Builds everything and joins it; the way of a run is in `pipeline/pipeline.ts`. `ending`: how each part ends, in the order of its start. */
async function start(ending: (() => Promise<void>)[]): Promise<void> {
  const context = appContext(process.env);
  const { config, secrets, settings, redact, log, now } = context;
  const parts: Parts = { start: 'is under way', slack: () => 'is not connected yet', cluster: 'has not been seen yet' };
  const { doing } = await watchedOver(context, parts, ending);
  const store = await openStore({ folder: settings.dataFolder, log });
  ending.push(() => store.close());
  const freezes = await openFreezes(join(settings.dataFolder, 'freezes.json'), log, now);
  const audit = auditFile(join(settings.dataFolder, 'audit.jsonl'), redact);
  const book = new RunBook({ saves: store, runs: store.runs(), now, uid, log: log.error, redact });
  const kubeConfig = loadKubeConfig(process.env, settings.proxies);
  const cluster = seen(clusterClient({ kubeConfig, instance: config.instance, log, heard: context.heard }), parts);
  const standing = standings(config.people, slackDirectory(slackOptions(context)));
  const people = roles(config.people, slackMembers(slackOptions(context)), standing);
  const pipeline = new Pipeline(config, secrets, book, {
    ...portsFrom(context, { cluster, store, freezes, approvers: people }),
    doing,
  });
  ending.push(() => pipeline.stop());
  const heard = await openHeard(join(settings.dataFolder, 'heard.jsonl'), log, () => now().getTime());
  const said = commands({ pipeline, roles: people, decisions: pipeline.decisions, freezes: telling(freezes, pipeline), audit });
  const answered = dispatch(said, { roles: people, standing, audit, runs: pipeline });
  const answer: typeof answered = (text, origin) => doing(`answer to ${origin.user}: ${text.slice(0, 200)}`, () => answered(text, origin));
  const tokens = { bot: secrets.slackBotToken, app: secrets.slackAppToken };
  const app = () => slackApp({ ...slackOptions(context), tokens, now, answer, heard, viewOf: viewFor(context) });

  pipeline.begin();
  const poll = () => doing('poll', () => pipeline.poll());
  // Not waited for: a repository that answers slowly must not keep the others from their next poll.
  const polls = schedule(config.poll, async () => void poll(), { name: 'poll', log });
  ending.push(() => polls.stop());
  // Side by side: people are heard also while git or the cluster lets us wait.
  await Promise.all([
    applyServices(config, cluster, (name) => readText(join(manifests, 'services', `${name}.yaml`)), log.info),
    poll(),
    connected(app, parts, ending, log),
  ]);
  delete parts.start;
  log.info(`coxswain ${config.instance} is watching: ${config.repositories.map(({ name }) => name).join(', ')}`);
}

/** Runs go on while Slack is away: only a token that it refuses ends the start. */
async function connected(app: () => SlackApp, parts: Parts, ending: (() => Promise<void>)[], log: Log): Promise<void> {
  const backoff = new Backoff({ firstMs: 5_000, mostMs: 60_000 });
  for (;;) {
    const slack = app();
    parts.slack = () => {
      const { connected, since } = slack.health();
      return connected ? undefined : `is not connected, since ${since}`;
    };
    try {
      await slack.start();
      ending.push(() => slack.stop());
      return;
    } catch (error) {
      if (error instanceof UserError) throw error;
      const wait = backoff.failed(error);
      log.warn(`${messageOf(error)}; retrying in ${Math.ceil(wait / 1000)} s, runs continue`);
      await sleep(wait);
    }
  }
}

/** What each part lacks for the bot to be ready; undefined: nothing. */
interface Parts {
  start?: string;
  slack: () => string | undefined;
  cluster: string | undefined;
}

async function watchedOver({ settings, known, log }: AppContext, parts: Parts, ending: (() => Promise<void>)[]): Promise<Health> {
  const { healthPort: port, dataFolder: folder } = settings;
  const health = await startHealth({
    folder,
    known,
    log,
    parts: () => ({ ...parts, slack: parts.slack() }),
    ...(port !== undefined && { port }),
  });
  ending.push(() => health.close());
  if (health.port !== undefined) log.info(`probes are served on port ${health.port}: /healthz, /readyz`);
  return health;
}

/** The cluster, of which it is known whether its watches see it. */
function seen(cluster: ClusterClient, parts: Parts): ClusterClient {
  const watch: ClusterClient['watch'] = (on) => {
    const trouble = (message: string | undefined) => {
      parts.cluster = message;
      on.trouble(message);
    };
    const watching = cluster.watch({ ...on, trouble });
    void watching.synced.then(() => {
      parts.cluster = undefined;
    });
    return watching;
  };
  return { ...cluster, watch };
}

function appContext(env: NodeJS.ProcessEnv): AppContext {
  const configuration = readConfiguration(env, checks, readTextNow);
  const { secrets, logins, gitLogins, settings } = configuration;
  const held = [secrets, ...Object.values(logins), ...gitSecrets(gitLogins)];
  const known = [...held.flatMap((one) => secretValues(one)), ...proxySecrets(settings.proxies)];
  const redact = redactor(known);
  hide = knownSecrets(known);
  const log = processLog(settings.logLevel, redact);
  const { now, heard } = new HeardTime(log);
  return { ...configuration, known, redact, log, now, heard, uid, templates, env, web: webClient(settings.proxies) };
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

// What nobody has caught may have left anything half done: the next start takes it up from what is saved.
process.on('unhandledRejection', (error) => {
  process.stderr.write(hide(`coxswain is stopping: ${error instanceof Error ? error.stack : messageOf(error)}\n`));
  process.exit(1);
});

// What is kept holds what people said and what builds printed: nobody else on the machine may read it, git's files included.
process.umask(0o077);

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
