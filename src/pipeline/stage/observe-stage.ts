import { ClusterError, type ClusterEvent, type JobView, type PodView } from '../../core/cluster.ts';
import type { Stage } from '../../core/config.ts';
import type { Cause, ContainerEnd, ImageStatements, Progress, PushedImage } from '../../core/logs.ts';
import { moved, type Run, type ThreadPost } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import { type BuiltImage, type KeptLog, logName, type StageRun } from '../../core/run/stage-run.ts';
import { isReleaseImage, isUnderWay, stageOf, withStage } from '../../core/run/stages.ts';
import type { Again } from '../../core/run/steps.ts';
import { byInstant } from '../../core/time/instant.ts';
import { imageOf, type Manifests, registryPauseMs, statements } from './built-image.ts';
import type { ClusterView } from './cluster-view.ts';
import { copied, copyThere } from './copied-image.ts';
import { type Evaluation, evaluate, type Observed } from './evaluate-stage.ts';

/** What observing needs from the cluster besides the watches. */
export interface StageReads {
  job(namespace: string, name: string): Promise<JobView | undefined>;
  /** The pods of a stage, oldest first. */
  podsOf(namespace: string, runUid: string, stage: string): Promise<readonly PodView[]>;
  eventsOf(namespace: string, uid: string): Promise<ClusterEvent[]>;
}

/** The logs of a stage, while they are followed. */
export interface StageLogs {
  follow(run: Run, stage: StageRun, pods: readonly PodView[]): void;
  progress(run: Run, stage: StageRun): { readonly progress: Progress; readonly logs: readonly KeptLog[] };
  /** Resolves when all logs of the stage have been read, or after a limit. */
  complete(run: Run, stage: StageRun): Promise<void>;
  /** The images that were pushed according to the logs of these pods. */
  pushed(run: Run, stage: StageRun, pods: readonly PodView[]): readonly PushedImage[];
  cause(run: Run, stage: StageRun, pod: string, end: ContainerEnd): Cause;
}

/** What observing a stage needs from outside. */
export interface ObservePorts {
  readonly cluster: StageReads;
  readonly registry: Manifests;
  readonly now: () => Date;
}

export interface ObserveDeps extends ObservePorts {
  readonly book: RunBook;
  readonly view: ClusterView;
  readonly logs: StageLogs;
}

/** Observes a stage whose Job was created: records its progress, or its outcome. Returns when to check again. */
export async function observeStage(at: ObserveDeps, run: Run, record: StageRun, stage: Stage): Promise<Again> {
  const seen = await readStage(at, run, record);
  at.logs.follow(run, record, seen.pods);
  let found = evaluate(stage, record, seen, at.now());
  if (found.kind === 'going' && found.needsEvents)
    found = evaluate(stage, record, { ...seen, events: await eventsOf(at, run, seen) }, at.now());
  if (found.kind === 'failed' && !seen.gone && !hasEnded(seen.job))
    found = evaluate(stage, record, await asIsNow(at, run, record, seen), at.now());
  if (found.kind === 'going') {
    await noteProgress(at, run, record, found, seen.job?.uid);
    // A Job that is not in the watch triggers no events.
    return at.view.jobOf(run, record) ? found.againInMs : Math.min(2_000, found.againInMs ?? 2_000);
  }
  await at.logs.complete(run, record);
  return found.kind === 'passed'
    ? passStage(at, run, record, stage, seen.pods)
    : failAs(at, run, record, { ...found, stage, pods: seen.pods });
}

function hasEnded(job: JobView | undefined): boolean {
  return job?.conditions.some(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True') ?? false;
}

/** The current state from the API server: the watches may be hours behind, and no limit may fail a stage on stale data. */
async function asIsNow(at: ObserveDeps, run: Run, record: StageRun, seen: Observed): Promise<Observed> {
  const job = await at.cluster.job(run.namespace, record.job ?? '');
  const pods = await at.cluster.podsOf(run.namespace, run.uid, record.name);
  return { ...seen, pods, gone: !job, ...(job ? { job } : {}) };
}

async function readStage(at: ObserveDeps, run: Run, record: StageRun): Promise<Observed> {
  const job = at.view.jobOf(run, record);
  const pods = at.view.podsOf(run, record);
  if (job) return { job, pods, gone: false };
  // Created, but not (or no longer) in the watch: only the API server can confirm that it is gone.
  const direct = await at.cluster.job(run.namespace, record.job ?? '');
  return direct ? { job: direct, pods, gone: false } : { pods, gone: true };
}

async function eventsOf(at: ObserveDeps, run: Run, seen: Observed): Promise<ClusterEvent[]> {
  const uids = [seen.job?.uid, seen.pods.at(-1)?.uid].filter((uid) => uid !== undefined);
  const lists = await Promise.all(uids.map((uid) => at.cluster.eventsOf(run.namespace, uid).catch(noEvents)));
  return lists.flat().sort((a, b) => byInstant(a.lastAt, b.lastAt));
}

/** Events only give reasons: if they are unavailable, the limits still apply. */
function noEvents(error: unknown): ClusterEvent[] {
  if (error instanceof ClusterError) return [];
  throw error;
}

async function noteProgress(
  at: ObserveDeps,
  run: Run,
  record: StageRun,
  state: Evaluation & { kind: 'going' },
  jobUid: string | undefined,
): Promise<void> {
  const { progress, logs } = at.logs.progress(run, record);
  await at.book.change(run.id, (present) => {
    const now = stageOf(present, record.name);
    if (!isUnderWay(present, record) || now?.state !== 'started') return present;
    const { waitingFor: _past, ...rest } = now;
    const next: StageRun = {
      ...rest,
      phase: state.phase,
      progress,
      logs,
      ...(state.waitingFor ? { waitingFor: state.waitingFor } : {}),
      ...(state.podStartedAt ? { podStartedAt: state.podStartedAt } : {}),
      ...(jobUid ? { jobUid } : {}),
    };
    return JSON.stringify(next) === JSON.stringify(now) ? present : withStage(present, record.name, next);
  });
}

async function passStage(at: ObserveDeps, run: Run, record: StageRun, stage: Stage, pods: readonly PodView[]): Promise<Again> {
  const endedAt = record.endedAt ?? at.now().toISOString();
  const facts = { ...at.logs.progress(run, record), endedAt };
  if (stage.kind === 'test') return pass(at, run, record, facts);
  const said = saidOf(at, run, record, pods);
  if (!record.endedAt) {
    // Saved first, so that the time limit of the registry also counts across restarts.
    await change(at, run, record, { endedAt, phase: 'checking the registry', statements: said });
    return 0;
  }
  const claims = { ...said, expected: copied(record) };
  const found = await imageOf(at.registry, run, stage, claims, at.now().getTime() - Date.parse(endedAt));
  if (found === 'not yet') return registryPauseMs;
  return 'digest' in found ? pass(at, run, record, { ...facts, image: found }) : failStage(at, run, record.name, found, facts);
}

/** Records that a stage has passed, with these facts. Returns 0, since the run has changed. */
export async function pass(at: Pick<ObserveDeps, 'book'>, run: Run, record: StageRun, facts: Partial<StageRun>): Promise<0> {
  await change(at, run, record, { ...facts, state: 'passed', phase: 'passed' });
  return 0;
}

// A person may have cancelled the run meanwhile.
async function change(at: Pick<ObserveDeps, 'book'>, run: Run, record: StageRun, facts: Partial<StageRun>): Promise<void> {
  await at.book.change(run.id, (now) => (isUnderWay(now, record) ? withStage(now, record.name, facts) : now));
}

/** What was pushed, as its builder reported it, or as its Job says of a copy. */
function saidOf(at: ObserveDeps, run: Run, record: StageRun, pods: readonly PodView[]): ImageStatements {
  const said = statements(at.logs.pushed(run, record, pods), pods, record);
  const digest = copied(record);
  return digest === undefined || said.messages.includes(digest) ? said : { ...said, messages: [...said.messages, digest] };
}

type Failed = Evaluation & { kind: 'failed' } & Pick<Observed, 'pods'> & { readonly stage: Stage };

async function failAs(at: ObserveDeps, run: Run, record: StageRun, { pods, stage, ...found }: Failed): Promise<0> {
  const image = stage.kind === 'image' ? await copyThere(at.registry, run, record, stage) : undefined;
  if (image) return passAsCopied(at, run, record, image);
  const cause = 'cause' in found ? found.cause : at.logs.cause(run, record, found.pod, found.end);
  // A build may push and fail after that: another attempt knows by this what is its own.
  const said = isReleaseImage(run, record) ? { statements: saidOf(at, run, record, pods) } : {};
  return failStage(at, run, record.name, cause, { ...at.logs.progress(run, record), ...said });
}

/** The Job of a copy failed after its image had arrived: the registry's answer to it was lost, or the pod was. */
async function passAsCopied(at: ObserveDeps, run: Run, record: StageRun, image: BuiltImage): Promise<0> {
  const { progress, logs } = at.logs.progress(run, record);
  const note = 'its Job failed, but the registry has exactly the tested image under this tag';
  const endedAt = record.endedAt ?? at.now().toISOString();
  return pass(at, run, record, { progress: { ...progress, notes: [...(progress.notes ?? []), note] }, logs, endedAt, image });
}

/**
 * Fails a stage and its run in one change, and queues thread posts with the cause and the whole log. An image of a release fails alone: it
 * can be retried. Returns 0, since the run has changed.
 */
export async function failStage(
  deps: { book: RunBook; now: () => Date },
  run: Run,
  stage: string,
  cause: Cause,
  more: Partial<StageRun> = {},
): Promise<0> {
  await deps.book.change(run.id, (present) => {
    if (!isUnderWay(present, { name: stage })) return present;
    const failed = withStage(present, stage, { ...more, state: 'failed', cause, endedAt: deps.now().toISOString() });
    if (failed.state === 'releasing') return owing(failed, stage);
    const { blockedReason: _over, ...rest } = moved(failed, 'failed', { reason: `${stage}: ${cause.title}` }, deps.now());
    return owing(rest, stage);
  });
  return 0;
}

function owing(run: Run, stage: string): Run {
  return { ...run, delivery: { ...run.delivery, thread: [...run.delivery.thread, ...owed(run, stage)] } };
}

function owed(run: Run, stage: string): ThreadPost[] {
  const record = stageOf(run, stage);
  const key = record ? logName(record) : stage;
  const posts: ThreadPost[] = [{ key: `cause-${key}`, kind: 'cause', stage, state: 'pending' }];
  if (record?.logs?.some((log) => log.lines > 0)) posts.push({ key: `log-${key}`, kind: 'log', stage, state: 'pending' });
  return posts;
}
