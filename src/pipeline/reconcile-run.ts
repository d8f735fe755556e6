import type { Doing } from '../core/concurrency/doing.ts';
import type { Repository, Stage } from '../core/config.ts';
import { isOver, type Run } from '../core/run/run.ts';
import type { StageRun, StageState } from '../core/run/stage-run.ts';
import { currentStage } from '../core/run/stages.ts';
import { type Again, type Step, step, takeSteps } from '../core/run/steps.ts';
import { type CleanUpDeps, cleanUp } from './cleanup/clean-up.ts';
import { type AfterCancelDeps, lookAfterCancel, mayHaveLeft } from './release/after-cancel.ts';
import type { ReleaseReconciler } from './release/reconcile-release.ts';
import { keepLoginFresh, type LoginDeps } from './stage/clone-login.ts';
import { withErrorLimit } from './stage/error-limit.ts';
import { type ObserveDeps, observeStage } from './stage/observe-stage.ts';
import { workspaceSize } from './stage/run-objects.ts';
import { renderStage, type StartDeps, submitStage } from './stage/start-stage.ts';

/** What the steps act on: each declares the part that it needs. */
export type RunDeps = StartDeps &
  ObserveDeps &
  LoginDeps &
  CleanUpDeps &
  AfterCancelDeps & { readonly repositories: readonly Repository[]; readonly releases: Pick<ReleaseReconciler, 'reconcile'> };

/** A run and the current configuration of its repository. */
export interface Configured {
  readonly run: Run;
  readonly repository?: Repository;
}

/** A stage of a run that is running, as it is saved and as it is configured. */
interface StageAt {
  readonly run: Run;
  readonly repository: Repository;
  readonly record: StageRun;
  readonly stage: Stage;
}

/** Everything that is done for a run, in this order. A queued run waits for its turn and needs nothing. */
export const runSteps: readonly Step<RunDeps, Configured>[] = [
  step('clean up', whenOver, (deps, { run, repository }) => cleanUp({ ...deps, keepsNamespace: mayHaveLeft(run, repository) }, run)),
  step('check what a cancelled release has left', whenItMayHaveLeft, (deps, { run, repository }) => lookAfterCancel(deps, run, repository)),
  step('reconcile the release', whenItsRelease, ({ releases }, { run, repository }) => releases.reconcile(run, repository)),
  step('pass the run', whenAllHasPassed, passRun),
  step('fail the run', whenNotConfigured, failRun),
  step('render the stage', whenStageIs('waiting'), (deps, at) => renderStage(deps, at.run, at.repository, at.stage)),
  step('submit the stage', whenStageIs('starting'), (deps, at) => submitStage(deps, at.run, at.record, workspaceSize(at.repository))),
  step('observe the stage', whenStageIs('started'), (deps, at) => observeStage(deps, at.run, at.record, at.stage)),
  step('renew the login of the stage', whenStageIs('started'), (deps, at) => keepLoginFresh(deps, at.run, at.record, at.repository)),
];

/** Does what the run needs now. Idempotent. Returns when to check again. */
export function reconcileRun(deps: RunDeps, id: string, doing: Doing = (_what, work) => work()): Promise<Again> {
  const run = deps.book.get(id);
  if (!run) return Promise.resolve(undefined);
  const repository = deps.repositories.find(({ name }) => name === run.repository);
  const subject = { run, ...(repository && { repository }) };
  const reconcile = () => takeSteps(runSteps, deps, subject, (what, work) => doing(`${id}: ${what}`, work));
  const started = whenStageIs('started')(subject);
  return started ? withErrorLimit(deps, run, started, reconcile) : reconcile();
}

function whenOver(at: Configured): Configured | undefined {
  return isOver(at.run) ? at : undefined;
}

function whenItMayHaveLeft(at: Configured): Configured | undefined {
  return mayHaveLeft(at.run, at.repository) ? at : undefined;
}

function whenItsRelease(at: Configured): Configured | undefined {
  const { run } = at;
  return isOver(run) || run.state === 'queued' || run.state === 'running' ? undefined : at;
}

function whenAllHasPassed({ run }: Configured): Run | undefined {
  return run.state === 'running' && !currentStage(run) ? run : undefined;
}

/** The configuration may have changed since the run began. */
function whenNotConfigured(at: Configured): { readonly run: Run; readonly record: StageRun } | undefined {
  const { run } = at;
  const record = run.state === 'running' ? currentStage(run) : undefined;
  return record && !configuredStage(at, record) ? { run, record } : undefined;
}

function whenStageIs(state: StageState): (at: Configured) => StageAt | undefined {
  return (at) => {
    const { run, repository } = at;
    const record = run.state === 'running' ? currentStage(run) : undefined;
    const stage = record?.state === state ? configuredStage(at, record) : undefined;
    return repository && record && stage ? { run, repository, record, stage } : undefined;
  };
}

/** A stage with the same name but another kind is a different stage. */
function configuredStage({ repository }: Configured, { name, kind }: StageRun): Stage | undefined {
  return repository?.stages.find((stage) => stage.name === name && stage.kind === kind);
}

async function passRun({ book }: RunDeps, { id }: Run): Promise<Again> {
  await book.move(id, 'passed');
  return 0;
}

async function failRun({ book }: RunDeps, { run, record }: { readonly run: Run; readonly record: StageRun }): Promise<Again> {
  const reason = `${record.kind} stage ${record.name} of ${run.repository} is no longer in the configuration`;
  await book.move(run.id, 'failed', { reason });
  return 0;
}
