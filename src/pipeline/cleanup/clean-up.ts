import { ClusterError, type JobView, labels } from '../../core/cluster.ts';
import { isForGood, messageOf } from '../../core/errors.ts';
import { noteRefusal } from '../../core/run/refusals.ts';
import type { Run } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import { allStages } from '../../core/run/stages.ts';

/** What cleaning up needs from the cluster. Missing objects are no error. */
export interface CleanUpCluster {
  job(namespace: string, name: string): Promise<JobView | undefined>;
  deleteJob(namespace: string, name: string): Promise<void>;
  /** @throws ClusterError AlreadyExists if the namespace does not have this run's uid */
  deleteNamespace(name: string, runUid: string): Promise<void>;
}

/** What cleaning up needs from outside. */
export interface CleanUpPorts {
  readonly cluster: CleanUpCluster;
  readonly now: () => Date;
}

export interface CleanUpDeps extends CleanUpPorts {
  readonly book: RunBook;
  /** How long the namespace of an ended run is kept for inspection, in ms. */
  readonly keepMs: number;
  /** It is kept for longer: the check for what a cancelled release has left is not done yet. */
  readonly keepsNamespace?: boolean;
  readonly forget: (run: Run) => void;
}

/** A namespace that is kept is checked again after at most this time. */
const keptMs = 60_000;
/** The maximum clock skew within one installation. */
const skewMs = 60_000;

/** Deletes what an ended run still has in the cluster: its Jobs at once, since they may occupy GPUs, its namespace after a while. */
export async function cleanUp(deps: CleanUpDeps, run: Run): Promise<number | undefined> {
  if (run.delivery.cleaned) return undefined;
  try {
    return await cleanUpNow(deps, run);
  } catch (error) {
    if (!isForGood(error)) throw error;
    const next = `Delete it by hand: \`kubectl delete namespace ${run.namespace}\``;
    await noteRefusal(deps.book, run.id, 'cleanup', `Its namespace could not be cleaned up. ${messageOf(error)}. ${next}`);
    return settle(deps, run);
  }
}

async function cleanUpNow(deps: CleanUpDeps, run: Run): Promise<number | undefined> {
  const touched = allStages(run).some((stage) => stage.objects !== undefined && !stage.reusedFrom);
  if (touched) {
    for (const stage of allStages(run)) {
      if (stage.job && (stage.state === 'cancelled' || stage.state === 'failed')) await deleteOwnJob(deps.cluster, run, stage.job);
    }
    if (deps.keepsNamespace) return keptMs;
    const left = Date.parse(run.endedAt ?? '') + deps.keepMs - deps.now().getTime();
    // An end time in the future was written while the clock was wrong: the namespace must not be kept for years because of it.
    if (left > 0 && left <= deps.keepMs + skewMs) return Math.min(left + 50, keptMs);
    await deleteOwnNamespace(deps.cluster, run);
  }
  return settle(deps, run);
}

async function settle(deps: CleanUpDeps, run: Run): Promise<undefined> {
  deps.forget(run);
  await deps.book.change(run.id, (now) => ({ ...now, delivery: { ...now.delivery, cleaned: true } }));
}

/** A namespace of that name, and with it the Job, may belong to another run: then this run has created nothing there. */
async function deleteOwnJob(cluster: CleanUpCluster, run: Run, name: string): Promise<void> {
  const job = await cluster.job(run.namespace, name);
  if (job?.labels[labels.runUid] === run.uid) await cluster.deleteJob(run.namespace, name);
}

async function deleteOwnNamespace(cluster: CleanUpCluster, run: Run): Promise<void> {
  try {
    await cluster.deleteNamespace(run.namespace, run.uid);
  } catch (error) {
    if (!(error instanceof ClusterError) || error.reason !== 'AlreadyExists') throw error;
  }
}
