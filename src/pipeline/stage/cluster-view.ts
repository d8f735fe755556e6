import { type JobView, labels, type PodView } from '../../core/cluster.ts';
import type { Run } from '../../core/run/run.ts';
import type { StageRun } from '../../core/run/stage-run.ts';
import { byInstant } from '../../core/time/instant.ts';

/** Receives Jobs and pods. `trouble`: why the cluster cannot be watched at present; undefined if it can again. */
export interface Watches {
  watch(on: {
    job(view: JobView, gone: boolean): void;
    pod(view: PodView, gone: boolean): void;
    trouble(message: string | undefined): void;
  }): Watch;
}

interface Watch {
  /** Resolves when everything that exists has been reported. */
  readonly synced: Promise<void>;
  stop(): void;
}

/** The Jobs and pods of this installation as reported by the watches. Each event names its run, which is then reconciled. */
export class ClusterView {
  readonly #jobs = new Map<string, JobView>();
  readonly #pods = new Map<string, PodView>();
  readonly #onNews: (runId: string) => void;
  #watch: Watch | undefined;
  /** Why the cluster cannot be watched at present, in words; undefined if it can. */
  trouble: string | undefined = 'has not been seen yet';
  /** Whether everything that exists has been reported: until then, something may exist without being in this view. */
  isComplete = false;

  constructor(onNews: (runId: string) => void) {
    this.#onNews = onNews;
  }

  /** Starts watching. Resolves when the view is complete. */
  async watch(cluster: Watches, onTrouble: (message: string | undefined) => void): Promise<void> {
    this.#watch = cluster.watch({
      job: (view, gone) => this.job(view, gone),
      pod: (view, gone) => this.pod(view, gone),
      trouble: (message) => {
        this.trouble = message;
        onTrouble(message);
      },
    });
    await this.#watch.synced;
    this.isComplete = true;
    this.trouble = undefined;
  }

  stop(): void {
    this.#watch?.stop();
  }

  job(view: JobView, gone: boolean): void {
    if (gone) this.#jobs.delete(keyOf(view));
    else this.#jobs.set(keyOf(view), view);
    this.#tell(view);
  }

  pod(view: PodView, gone: boolean): void {
    if (gone) this.#pods.delete(view.uid);
    else this.#pods.set(view.uid, view);
    this.#tell(view);
  }

  /** The Job of a stage, if it belongs to this run. */
  jobOf(run: Run, stage: StageRun): JobView | undefined {
    const job = this.#jobs.get(`${run.namespace}/${stage.job}`);
    return job?.labels[labels.runUid] === run.uid ? job : undefined;
  }

  /** The pods of a stage, oldest first. */
  podsOf(run: Run, stage: StageRun): readonly PodView[] {
    return (
      [...this.#pods.values()]
        .filter(
          (pod) => pod.namespace === run.namespace && pod.labels[labels.runUid] === run.uid && pod.labels[labels.stage] === stage.name,
        )
        // Other objects of a template have their own pods with the same labels.
        .filter((pod) => (pod.labels['batch.kubernetes.io/job-name'] ?? pod.labels['job-name'] ?? stage.job) === stage.job)
        .sort((a, b) => byInstant(a.createdAt ?? '', b.createdAt ?? ''))
    );
  }

  /** Forgets a run that has been cleaned up. */
  forget(run: Run): void {
    for (const [key, job] of this.#jobs) if (job.namespace === run.namespace) this.#jobs.delete(key);
    for (const [uid, pod] of this.#pods) if (pod.namespace === run.namespace) this.#pods.delete(uid);
  }

  #tell(view: { labels: Readonly<Record<string, string>> }): void {
    const run = view.labels[labels.run];
    if (run) this.#onNews(run);
  }
}

function keyOf(view: { namespace: string; name: string }): string {
  return `${view.namespace}/${view.name}`;
}
