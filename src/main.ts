import { join } from 'node:path';
import { schedule } from './clients/clock/clock-client.ts';
import { readText } from './clients/files/files-client.ts';
import { Readiness } from './clients/health/readiness.ts';
import { openPauses } from './clients/store/pause-file.ts';
import { messageOf, UserError } from './core/errors.ts';
import { knownSecrets } from './core/redaction/known.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import { applyServices } from './pipeline/stage/services.ts';
import { appContext } from './wiring/app-context.ts';
import { clusterOf, healthOf, heardBy, openKept, peopleOf, slackOf } from './wiring/parts.ts';
import { portsFrom } from './wiring/ports.ts';

/** Shutdown functions of the parts that have started. */
const ending: (() => Promise<void>)[] = [];
/** Redacts the secrets known so far in a final error message. */
let hide = (text: string): string => text;

/**
 * Builds all parts and connects them. The life cycle of a run is in `pipeline/pipeline.ts`.
 *
 *     git ──▶ poll ──────────┐                  ┌──▶ the data folder
 *                            ├──▶ pipeline ─────┼──▶ Slack, GitHub
 *     Slack ──▶ commands ────┘       ▲          └──▶ Jobs ──▶ the cluster
 *                                    └── watches ───────────────┘
 */
async function start(): Promise<void> {
  const context = appContext(process.env);
  hide = knownSecrets(context.known);
  const { config, secrets, settings, now, log } = context;
  const readiness = new Readiness({ start: 'is under way', slack: 'is not connected yet', cluster: 'has not been seen yet' });
  const health = await healthOf(context, () => readiness.parts());
  ending.push(() => health.close());
  const { doing } = health;
  const kept = await openKept(context);
  ending.push(() => kept.store.close());
  const pauses = await openPauses(join(settings.dataFolder, 'pauses.json'), { repositories: config.repositories, log, now });
  const cluster = clusterOf(context);
  const people = peopleOf(context);
  const ports = portsFrom(context, { ...kept, cluster, approvers: people.roles });
  const pipeline = new Pipeline(config, secrets, kept.book, { ...ports, pauses, doing });
  ending.push(() => pipeline.stop());
  const said = {
    ...kept,
    ...people,
    pipeline,
    decisions: pipeline.decisions,
    freezes: heardBy(pipeline, kept.freezes),
    polls: pipeline.poller,
  };
  const slack = slackOf(context, kept, people, said, doing);
  readiness.ask('cluster', () => pipeline.clusterTrouble);
  readiness.ask('slack', () => slack.trouble);

  pipeline.begin();
  const poll = () => doing('poll', () => pipeline.poll());
  // Not awaited: a repository that answers slowly must not delay the next poll of the others.
  const polls = schedule(config.poll, async () => void poll(), { name: 'poll', log });
  ending.push(() => polls.stop());
  ending.push(() => slack.stop());
  // Concurrently: users are answered even while git or the cluster keeps us waiting.
  const readService = (name: string) => readText(join(context.services, `${name}.yaml`));
  await Promise.all([applyServices(config, cluster, readService, log.info), poll(), slack.start()]);
  readiness.done('start');
  log.info(`coxswain ${config.instance} is watching: ${config.repositories.map(({ name }) => name).join(', ')}`);
}

// An uncaught error may have left anything half done: the next start resumes from the saved state.
process.on('unhandledRejection', (error) => {
  process.stderr.write(hide(`coxswain is stopping: ${error instanceof Error ? error.stack : messageOf(error)}\n`));
  process.exit(1);
});

// Saved data contains user messages and build output: no other user of the machine may read it, including git's files.
process.umask(0o077);

const end = async () => {
  for (const part of ending.toReversed()) await part();
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end().finally(() => process.exit(0)));

try {
  await start();
} catch (error) {
  const words =
    error instanceof UserError ? error.message : `coxswain cannot start: ${error instanceof Error ? error.stack : messageOf(error)}`;
  process.stderr.write(hide(`${words}\n`));
  process.exit(1);
}
