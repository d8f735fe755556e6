import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerView, PodView } from '../../core/cluster.ts';
import type { Cause, ContainerEnd, Progress, PushedImage, Reader } from '../../core/logs.ts';
import type { Run } from '../../core/run/run.ts';
import { type KeptLog, logName, type StageRun } from '../../core/run/stage-run.ts';
import { allStages } from '../../core/run/stages.ts';
import type { ClusterView } from '../stage/cluster-view.ts';
import { ownReader } from '../stage/stage-objects.ts';
import { LogFollower, type LogKeeper, type LogSource } from './log-follower.ts';
import { type ReaderNamed, readerOf, readerOrPlain } from './reader-for.ts';

/** What following logs needs from outside. */
export interface LogPorts {
  readonly cluster: LogSource;
  readonly logs: LogKeeper;
  readonly readerNamed: ReaderNamed;
  /** A new redactor for one log, line by line. */
  readonly redaction: () => (line: string) => string;
  readonly now: () => Date;
  readonly log: (message: string) => void;
}

export interface LogsOptions extends LogPorts {
  readonly view: ClusterView;
  readonly onProgress: (runId: string) => void;
  /** After how long without a new line the log of an ended stage counts as complete; 20 s. */
  readonly quietMs?: number;
}

interface FollowedLog {
  readonly follower: LogFollower;
  readonly reader: Reader;
  readonly pod: string;
  readonly container: string;
  /** It is there to prepare, and no reader is named for it. */
  readonly prepares: boolean;
}

/** The end of a log arrives a moment after the end of its container; a log that stalls must not block the run. */
const quietMs = 20_000;
/** How many quiet periods to wait while the API server is unreachable: it is back from a restart within this time. */
const mostCutOffs = 15;

/** Follows the logs of all containers of the stages in progress. */
export class RunLogs {
  readonly #options: LogsOptions;
  readonly #watched = new Map<string, Map<string, FollowedLog>>();

  constructor(options: LogsOptions) {
    this.#options = options;
  }

  follow(run: Run, stage: StageRun, pods: readonly PodView[]): void {
    const known = this.#of(run, stage);
    for (const pod of pods) {
      for (const container of pod.containers) {
        const key = `${pod.name}/${container.name}`;
        if (container.state !== 'waiting' && !known.has(key)) known.set(key, this.#watch(run, stage, pod, container));
      }
    }
  }

  /** The progress according to the logs; for those not replayed yet since a restart, what was known before. */
  progress(run: Run, stage: StageRun): { progress: Progress; logs: KeptLog[] } {
    const watched = [...this.#of(run, stage).values()].filter(({ follower }) => follower.isReplayed);
    const logs = watched.map(({ follower, pod, container }) => ({ pod, container, lines: follower.lines, done: follower.isDone }));
    const before = (stage.logs ?? []).filter((one) => !logs.some(({ container }) => container === one.container));
    const mains = watched.filter((one) => !one.prepares);
    if (mains.length === 0) return { progress: stage.progress ?? {}, logs: [...before, ...logs] };
    // Of several containers, usually only one has a log that its reader understands.
    return { progress: Object.assign({}, ...mains.map(({ reader }) => reader.progress()).reverse()), logs: [...before, ...logs] };
  }

  async complete(run: Run, stage: StageRun): Promise<void> {
    const followers = [...this.#of(run, stage).values()].map(({ follower }) => follower);
    const all = Promise.all(followers.map(({ done }) => done)).then(() => 'done' as const);
    const linesOf = () => followers.reduce((sum, { lines }) => sum + lines, 0);
    for (let lines = -1, cutOffs = 0; lines < linesOf() || cutOffs > 0; ) {
      lines = linesOf();
      const stop = new AbortController();
      const quiet = sleep(this.#options.quietMs ?? quietMs, 'quiet' as const, { signal: stop.signal }).catch(() => 'quiet' as const);
      const first = await Promise.race([all, quiet]);
      stop.abort();
      if (first === 'done') return;
      cutOffs = followers.some(({ isCutOff }) => isCutOff) && cutOffs < mostCutOffs ? cutOffs + 1 : 0;
    }
  }

  /** The images that were pushed according to the logs of these pods. */
  pushed(run: Run, stage: StageRun, pods: readonly PodView[]): PushedImage[] {
    const watched = [...this.#of(run, stage).values()].filter(({ prepares, pod }) => !prepares && pods.some(({ name }) => name === pod));
    return watched.map(({ reader }) => reader.pushed?.()).filter((image) => image !== undefined);
  }

  cause(run: Run, stage: StageRun, pod: string, end: ContainerEnd): Cause {
    const watched = this.#of(run, stage).get(`${pod}/${end.container}`);
    return (watched?.reader ?? this.#options.readerNamed('plain')).cause(end);
  }

  /** Stops following a run's logs. */
  forget(run: Run): void {
    for (const stage of allStages(run)) {
      const key = `${run.uid}/${stage.name}`;
      for (const { follower } of this.#watched.get(key)?.values() ?? []) follower.stop();
      this.#watched.delete(key);
    }
  }

  stop(): void {
    for (const stage of this.#watched.values()) for (const { follower } of stage.values()) follower.stop();
  }

  #of(run: Run, stage: StageRun): Map<string, FollowedLog> {
    const key = `${run.uid}/${stage.name}`;
    const known = this.#watched.get(key) ?? new Map<string, FollowedLog>();
    this.#watched.set(key, known);
    return known;
  }

  #watch(run: Run, stage: StageRun, pod: PodView, container: ContainerView): FollowedLog {
    const { cluster: source, logs: keeper, view, redaction, onProgress, now, log } = this.#options;
    const reader = readerOrPlain(this.#options.readerNamed, readerOf(stage.objects, container), log);
    const what = { run: run.id, stage: logName(stage), namespace: pod.namespace, pod: pod.name, container: container.name };
    const hasEnded = () => {
      const present = view.podsOf(run, stage).find((one) => one.uid === pod.uid);
      return present?.containers.find((one) => one.name === container.name)?.state !== 'running';
    };
    const follower = new LogFollower({
      what,
      source,
      keeper,
      reader,
      redact: redaction(),
      redactKubelet: redaction(),
      hasEnded,
      onProgress: () => onProgress(run.id),
      now,
      log,
    });
    const prepares = container.init && ownReader(stage.objects, container.name) === undefined;
    return { follower, reader, pod: pod.name, container: container.name, prepares };
  }
}
