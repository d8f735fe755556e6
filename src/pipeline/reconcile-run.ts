import type { Repository } from '../core/config.ts';
import { currentStage, isOver, type Run } from '../core/run/run.ts';
import type { RunBook } from '../core/run/run-book.ts';
import { type CleanUp, cleanUp } from './cleanup/clean-up.ts';
import { lookAfterCancel } from './release/after-cancel.ts';
import { type ReleaseDeps, stepRelease } from './release/reconcile-release.ts';
import { type FreshLogins, keepLoginFresh } from './stage/clone-login.ts';
import { type Observation, observeStage } from './stage/observe-stage.ts';
import { withEnd } from './stage/start-limit.ts';
import { renderStage, type StageStart, submitStage } from './stage/start-stage.ts';

export interface RunStep {
  readonly book: RunBook;
  readonly repositories: readonly Repository[];
  readonly start: StageStart;
  readonly observation: Observation;
  /** Logins that end; absent: none does. */
  readonly logins?: FreshLogins;
  readonly cleaning: CleanUp;
  readonly release: ReleaseDeps;
}

/** The next step of a run, whatever state it is in. Each step may be repeated; gives the milliseconds after which to look again. */
export async function stepRun(deps: RunStep, id: string): Promise<number | undefined> {
  const run = deps.book.get(id);
  if (!run) return undefined;
  const repository = deps.repositories.find((one) => one.name === run.repository);
  if (isOver(run)) return end(deps, run, repository);
  if (run.state === 'queued') return undefined;
  if (run.state !== 'running') return stepRelease(deps.release, run, repository);
  const record = currentStage(run);
  if (!record) {
    await deps.book.move(id, 'passed');
    return 0;
  }
  const stage = repository?.stages.find((one) => one.name === record.name);
  if (!repository || !stage || stage.kind !== record.kind) {
    const reason = `${record.kind} stage ${record.name} of ${run.repository} is no longer in the configuration`;
    await deps.book.move(id, 'failed', { reason });
    return 0;
  }
  if (record.state === 'waiting') {
    await renderStage(deps.start, run, repository, stage);
    return 0;
  }
  if (record.state === 'starting') {
    await submitStage(deps.start, run, record, workspaceSize(repository));
    return 0;
  }
  return withEnd(deps.observation, run, { record, stage }, async () => {
    const next = await observeStage(deps.observation, run, record, stage);
    const renewal = deps.logins && (await keepLoginFresh(deps.logins, run, record, repository));
    return renewal === undefined ? next : Math.min(renewal, next ?? renewal);
  });
}

/** Its Jobs are deleted first: only then can be told what a release that was cancelled has pushed. */
async function end(deps: RunStep, run: Run, repository: Repository | undefined): Promise<number | undefined> {
  const { cleaning, release } = deps;
  const isLeft = run.state === 'cancelled' && run.release?.github !== undefined && !run.release.left && repository !== undefined;
  const again = await cleanUp(isLeft ? { ...cleaning, keepMs: Number.POSITIVE_INFINITY } : cleaning, run);
  const look = await lookAfterCancel(release, run, repository);
  return look === undefined ? again : Math.min(look, again ?? look);
}

/** The stages share one workspace: the first one makes it, so it has the size that the hungriest asks for. */
function workspaceSize(repository: Repository): string {
  const sizes = repository.stages.map((stage) => stage.workspace);
  return sizes.reduce((largest, size) => (bytesOf(size) > bytesOf(largest) ? size : largest), sizes[0] ?? '2Gi');
}

const factors: Readonly<Record<string, number>> = {
  '': 1,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
};

/** A Kubernetes quantity of bytes, e.g. `20Gi`. */
function bytesOf(quantity: string): number {
  const [, number = '0', unit = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  return Number(number) * (factors[unit] ?? 1);
}
