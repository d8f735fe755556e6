import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerView, PodView } from '../core/cluster.ts';
import type { Cause, ContainerEnd, Progress, Reader } from '../core/logs.ts';
import type { KeptLog, Run, StageRun } from '../core/run.ts';
import type { ClusterView } from './cluster-view.ts';
import { LogFollower, type LogKeeper, type LogSource } from './log-follower.ts';
import { wishesOf } from './stage-objects.ts';

export interface LogsOptions {
  readonly source: LogSource;
  readonly keeper: LogKeeper;
  readonly view: ClusterView;
  /** A reader by its name in the annotation `coxswain/reader`. @throws UserError where there is none of that name */
  readonly readerNamed: (name: string) => Reader;
  /** A new redaction of one log, line by line. */
  readonly redaction: () => (line: string) => string;
  readonly onProgress: (runId: string) => void;
  readonly log: (message: string) => void;
}

interface Watched {
  readonly follower: LogFollower;
  readonly reader: Reader;
  readonly pod: string;
  readonly container: string;
  readonly init: boolean;
}

/** The end of a log comes a moment after the end of its container; a log that cannot be read must not hold up the run. */
const completeWithinMs = 20_000;

/** Follows the logs of all containers of the stages that are under way. */
export class RunLogs {
  readonly #options: LogsOptions;
  readonly #watched = new Map<string, Map<string, Watched>>();

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

  progress(run: Run, stage: StageRun): { progress: Progress; logs: KeptLog[] } {
    const watched = [...this.#of(run, stage).values()];
    const main = watched.findLast((one) => !one.init);
    const logs = watched.map(({ follower, pod, container }) => ({ pod, container, lines: follower.lines, done: follower.isDone }));
    return { progress: main?.reader.progress() ?? {}, logs };
  }

  async complete(run: Run, stage: StageRun): Promise<void> {
    const all = Promise.all([...this.#of(run, stage).values()].map((one) => one.follower.done));
    const stop = new AbortController();
    await Promise.race([all, sleep(completeWithinMs, undefined, { signal: stop.signal }).catch(() => undefined)]);
    stop.abort();
  }

  cause(run: Run, stage: StageRun, pod: string, end: ContainerEnd): Cause {
    const watched = this.#of(run, stage).get(`${pod}/${end.container}`);
    return (watched?.reader ?? this.#options.readerNamed('plain')).cause(end);
  }

  /** Ends the following of a run's logs. */
  forget(run: Run): void {
    for (const stage of run.stages) {
      const key = `${run.uid}/${stage.name}`;
      for (const { follower } of this.#watched.get(key)?.values() ?? []) follower.stop();
      this.#watched.delete(key);
    }
  }

  stop(): void {
    for (const stage of this.#watched.values()) for (const { follower } of stage.values()) follower.stop();
  }

  #of(run: Run, stage: StageRun): Map<string, Watched> {
    const key = `${run.uid}/${stage.name}`;
    const known = this.#watched.get(key) ?? new Map<string, Watched>();
    this.#watched.set(key, known);
    return known;
  }

  #watch(run: Run, stage: StageRun, pod: PodView, container: ContainerView): Watched {
    const { source, keeper, view, readerNamed, redaction, onProgress, log } = this.#options;
    const reader = readerNamed(readerFor(stage, container));
    const what = { run: run.id, stage: stage.name, namespace: pod.namespace, pod: pod.name, container: container.name };
    const hasEnded = () => {
      const now = view.podsOf(run, stage).find((one) => one.uid === pod.uid);
      return now?.containers.find((one) => one.name === container.name)?.state !== 'running';
    };
    const follower = new LogFollower({
      what,
      source,
      keeper,
      reader,
      redact: redaction(),
      hasEnded,
      onProgress: () => onProgress(run.id),
      log,
    });
    return { follower, reader, pod: pod.name, container: container.name, init: container.init };
  }
}

function readerFor(stage: StageRun, container: ContainerView): string {
  if (!container.init) return wishesOf(stage.objects ?? []).reader;
  return container.name === 'clone' ? 'git' : 'plain';
}
