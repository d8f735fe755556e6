import { ClusterError, type JobView, labels } from '../../core/cluster.ts';
import { isForGood, messageOf } from '../../core/errors.ts';
import { noteRefusal } from '../../core/run/refusals.ts';
import type { Run } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import { allStages } from '../../core/run/stages.ts';

/** The little of the cluster that cleaning up needs. Absent is fine. */
export interface CleanUpCluster {
  job(namespace: string, name: string): Promise<JobView | undefined>;
  deleteJob(namespace: string, name: string): Promise<void>;
  /** @throws ClusterError AlreadyExists where the namespace does not carry this run's uid */
  deleteNamespace(name: string, runUid: string): Promise<void>;
}

/** What cleaning up needs from outside. */
export interface CleanUpPorts {
  readonly cluster: CleanUpCluster;
  readonly now: () => Date;
}

export interface CleanUpDeps extends CleanUpPorts {
  readonly book: RunBook;
  /** How long the namespace of an ended run is kept for people to look at, in ms. */
  readonly keepMs: number;
  /** It is kept for longer: it is still looked for what it has made. */
  readonly keepsNamespace?: boolean;
  readonly forget: (run: Run) => void;
}

/** A namespace that is kept is looked at again after this time at the latest. */
const keptMs = 60_000;
/** How far the clocks of one installation may be apart. */
const skewMs = 60_000;

/** Ends what an ended run still has in the cluster: its Jobs at once, since they may hold GPUs, its namespace after a while. */
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
    // An end that lies ahead was written by a clock that was wrong: for that nothing is kept for years.
    if (left > 0 && left <= deps.keepMs + skewMs) return Math.min(left + 50, keptMs);
    await deleteOwnNamespace(deps.cluster, run);
  }
  return settle(deps, run);
}

async function settle(deps: CleanUpDeps, run: Run): Promise<undefined> {
  deps.forget(run);
  await deps.book.change(run.id, (now) => ({ ...now, delivery: { ...now.delivery, cleaned: true } }));
}

/** A namespace of that name may be another run's, and with it the Job: then this run has made nothing there. */
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
