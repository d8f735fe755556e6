import { join } from 'node:path';
import { commands, type Ports } from '../../commands/index.ts';
import { auditFile } from '../clients/audit/audit-client.ts';
import { type ClusterClient, clusterClient } from '../clients/cluster/cluster-client.ts';
import { loadKubeConfig } from '../clients/cluster/transport/kube-config.ts';
import { type Health, startHealth } from '../clients/health/health-client.ts';
import { slackDirectory } from '../clients/slack/people/directory.ts';
import { slackMembers } from '../clients/slack/people/members.ts';
import { slackApp } from '../clients/slack/slack-client.ts';
import { SlackConnection } from '../clients/slack/slack-connection.ts';
import { openFreezes } from '../clients/store/freeze-file.ts';
import { openReceivedMessages } from '../clients/store/received-file.ts';
import { openStore } from '../clients/store/store-client.ts';
import { dispatch } from '../core/command/dispatch.ts';
import type { Doing } from '../core/concurrency/doing.ts';
import { membershipCheck } from '../core/people/membership.ts';
import { roles } from '../core/people/roles.ts';
import type { Freeze } from '../core/release/freeze.ts';
import { RunBook } from '../core/run/run-book.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { type AppContext, slackOptions, viewFor } from './app-context.ts';

/** Answers health probes, and ends a process that hangs. @param parts what each part is missing to be ready */
export async function healthOf(
  { settings, known, log }: AppContext,
  parts: () => Readonly<Record<string, string | undefined>>,
): Promise<Health> {
  const { healthPort: port, dataFolder: folder } = settings;
  const health = await startHealth({ folder, known, log, parts, ...(port !== undefined && { port }) });
  if (health.port !== undefined) log.info(`probes are served on port ${health.port}: /healthz, /readyz`);
  return health;
}

export type Kept = Awaited<ReturnType<typeof openKept>>;

/** The persistent state in the data folder. @throws UserError if another bot has locked it */
export async function openKept({ settings, redact, log, now, uid }: AppContext) {
  const { dataFolder } = settings;
  const store = await openStore({ folder: dataFolder, log });
  const freezes = await openFreezes(join(dataFolder, 'freezes.json'), log, now);
  const audit = auditFile(join(dataFolder, 'audit.jsonl'), redact);
  const received = await openReceivedMessages(join(dataFolder, 'heard.jsonl'), log, () => now().getTime());
  const book = new RunBook({ saves: store, runs: store.runs(), now, uid, log: log.error, redact });
  return { store, freezes, audit, received, book };
}

export function clusterOf({ config, settings, log, observeTime, env }: AppContext): ClusterClient {
  return clusterClient({ kubeConfig: loadKubeConfig(env, settings.proxies), instance: config.instance, log, heard: observeTime });
}

export type SlackPeople = ReturnType<typeof peopleOf>;

/** User roles and workspace membership, queried from Slack. */
export function peopleOf(context: AppContext) {
  const { people } = context.config;
  const membership = membershipCheck(people, slackDirectory(slackOptions(context)));
  return { membership, roles: roles(people, slackMembers(slackOptions(context)), membership) };
}

/** The Slack connection, which receives commands and sends the answers. @param ports of the commands */
export function slackOf(context: AppContext, { audit, received }: Kept, people: SlackPeople, ports: Ports, doing: Doing): SlackConnection {
  const { secrets, now, log } = context;
  const answered = dispatch(commands(ports), { ...people, audit, runs: ports.pipeline });
  const answer: typeof answered = (text, origin) => doing(`answer to ${origin.user}: ${text.slice(0, 200)}`, () => answered(text, origin));
  const tokens = { bot: secrets.slackBotToken, app: secrets.slackAppToken };
  return new SlackConnection(() => slackApp({ ...slackOptions(context), tokens, now, answer, received, viewOf: viewFor(context) }), log);
}

/** The freezes for the commands: the pipeline is notified of each change at once. */
export function heardBy(pipeline: Pipeline, freezes: Kept['freezes']) {
  const then = (done: Promise<void>) => done.then(() => pipeline.frozen());
  return {
    list: freezes.list,
    freeze: (freeze: Freeze) => then(freezes.freeze(freeze)),
    unfreeze: (repository?: string) => then(freezes.unfreeze(repository)),
  };
}
