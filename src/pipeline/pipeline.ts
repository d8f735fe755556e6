import type { JobView, PodView } from '../core/cluster.ts';
import type { Config, Secrets } from '../core/config.ts';
import { messageOf } from '../core/errors.ts';
import type { Reader } from '../core/logs.ts';
import { isOver, type Run } from '../core/run.ts';
import type { RunBook } from '../core/run-book.ts';
import { Announcer, type Board } from './announce.ts';
import type { Removes } from './clean-up.ts';
import { ClusterView } from './cluster-view.ts';
import { Conductor } from './conductor.ts';
import type { LogKeeper, LogSource } from './log-follower.ts';
import { fileOf, type KeptLogs, tailOf } from './log-tail.ts';
import type { Looks, Manifests } from './observe-stage.ts';
import { Poller } from './poll.ts';
import { queue } from './queue.ts';
import { type Statuses, StatusReporter } from './report-status.ts';
import { repositoryStatus } from './repository-status.ts';
import { type Git, Requests, type SeenHeads } from './requests.ts';
import { beyondRetention } from './retention.ts';
import { stepRun } from './run-step.ts';
import { RunLogs } from './stage-logs.ts';
import type { Creates, TemplateFiles } from './start-stage.ts';

/** Hears of Jobs and pods. `trouble`: why the cluster cannot be seen at present; undefined: it can be seen again. */
export interface Watches {
  watch(on: {
    job(view: JobView, gone: boolean): void;
    pod(view: PodView, gone: boolean): void;
    trouble(message: string | undefined): void;
  }): { synced: Promise<void>; stop(): void };
}

export interface Records extends SeenHeads {
  forgetRun(id: string): Promise<void>;
}

/** Everything outside that the way of a run needs. */
export interface Outside {
  readonly cluster: Creates & Removes & Looks & LogSource & Watches;
  readonly registry: Manifests;
  readonly git: Git;
  readonly github?: Statuses;
  readonly board: Board;
  readonly records: Records;
  readonly logs: LogKeeper & KeptLogs & { forget(run: string): Promise<void> };
  readonly templates: TemplateFiles;
  readonly readerNamed: (name: string) => Reader;
  readonly redaction: () => (line: string) => string;
  readonly now: () => Date;
  readonly log: (message: string) => void;
}

const linesShown = 40;

/** The way of a run: joins the steps with each other and with what is outside. */
export function pipeline(config: Config, secrets: Partial<Secrets>, book: RunBook, outside: Outside) {
  const { cluster, registry, git, github, board, records, logs: kept, templates, now, log } = outside;
  const { repositories, instance } = config;
  const begun = Promise.withResolvers<void>();
  let inView = false;
  const nudge = (id: string) => inView && conductor.nudge(id);

  const view = new ClusterView(nudge);
  const logs = new RunLogs({ ...outside, source: cluster, keeper: kept, view, onProgress: (id) => conductor.nudge(id, 1_000) });
  const around = {
    registry: config.registry,
    gitCredentials: secrets.gitPassword !== undefined,
    ...(config.cache ? { cache: config.cache } : {}),
  };
  const forget = (run: Run) => {
    logs.forget(run);
    view.forget(run);
  };
  const step = {
    book,
    repositories,
    start: { book, cluster, templates, around, secrets, now },
    observation: { book, view, cluster, registry, logs, now },
    cleaning: { book, cluster, keepMs: config.keep.namespaces, forget, now },
  };
  const conductor = new Conductor({ step: (id) => stepRun(step, id), log, trouble: (id, message) => note(book, id, message) });
  const takeTurns = queue(book, config, now);
  const requests = new Requests({ book, config, git, seen: records });
  const poller = new Poller({ repositories, rules: config.git, git, seen: records, requests, now, log });
  const announcer = new Announcer({ book, board, logText: (run, stage) => fileOf(kept, run, stage), log });
  const reporter = github && new StatusReporter({ book, github, repositories, instance, log });

  book.onChange((run, before) => {
    if (before?.state !== run.state) void takeTurns().catch((error) => log(`the queue: ${messageOf(error)}`));
    nudge(run.id);
  });
  book.onChange(() => retire(config, book, records, kept));

  /** Takes up whatever was under way, and from then on hears of everything. */
  const begin = () => {
    const watch = cluster.watch({
      job: (job, gone) => view.job(job, gone),
      pod: (pod, gone) => view.pod(pod, gone),
      trouble: (message) => clusterTrouble(book, message, log),
    });
    void watch.synced.then(() => {
      inView = true;
      for (const run of book.all()) nudge(run.id);
      begun.resolve();
    });
    void takeTurns();
    announcer.wake();
    for (const run of book.all()) if (!isOver(run) || run.delivery.status === 'pending') reporter?.report(run.id);
    return watch;
  };

  return {
    begin,
    begun: begun.promise,
    poll: () => poller.pollAll(),
    start: requests.start.bind(requests),
    cancel: requests.cancel.bind(requests),
    retry: requests.retry.bind(requests),
    all: () => book.all(),
    find: (id: string) => book.get(id),
    tail: (run: Run, stage?: string, lines = linesShown) => tailOf(kept, run, stage, lines),
    repositories: () => repositoryStatus(repositories, book.all(), records.seen.bind(records), poller.results),
    async stop() {
      conductor.stop();
      logs.stop();
      reporter?.stop();
      await announcer.stop();
      await kept.flush();
    },
  };
}

async function note(book: RunBook, id: string, trouble: string | undefined): Promise<void> {
  await book.change(id, (run) => {
    if (run.trouble === trouble || (trouble !== undefined && isOver(run))) return run;
    const { trouble: _past, ...rest } = run;
    return trouble === undefined ? rest : { ...rest, trouble };
  });
}

/** Every run that is under way says that the cluster cannot be seen. */
function clusterTrouble(book: RunBook, message: string | undefined, log: (message: string) => void): void {
  log(message ? `the cluster cannot be seen: ${message}` : 'the cluster can be seen again');
  for (const run of book.all()) {
    if (run.state === 'running')
      void note(book, run.id, message && `the cluster cannot be seen: ${message}`).catch((error) => log(messageOf(error)));
  }
}

async function retire(config: Config, book: RunBook, records: Records, kept: Outside['logs']): Promise<void> {
  for (const run of beyondRetention(book.all(), config.keep.runs)) {
    book.forget(run.id);
    await records.forgetRun(run.id);
    await kept.forget(run.id);
  }
}
