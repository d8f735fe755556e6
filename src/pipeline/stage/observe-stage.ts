import { ClusterError, type ClusterEvent, type JobView, type PodView } from '../../core/cluster.ts';
import type { Stage } from '../../core/config.ts';
import { messageOf, UserError } from '../../core/errors.ts';
import type { Cause, ContainerEnd, ImageStatements, Progress, PushedImage } from '../../core/logs.ts';
import { type BuiltImage, isUnderWay, type KeptLog, type Run, type StageRun, withStage } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import { byInstant } from '../../core/time/instant.ts';
import type { ClusterView } from './cluster-view.ts';
import { type Evaluation, evaluate, type Observed } from './evaluate-stage.ts';
import { failStage } from './fail-stage.ts';
import { doubtAbout, type Manifest, messagesOf } from './image-proof.ts';
import { doubtfulImage, noImage } from './reasons.ts';
import { registryName, tagOf } from './stage-values.ts';

/** The little of the cluster that observing needs beside the watches. */
export interface StageReads {
  job(namespace: string, name: string): Promise<JobView | undefined>;
  /** The pods of a stage, oldest first. */
  podsOf(namespace: string, runUid: string, stage: string): Promise<readonly PodView[]>;
  eventsOf(namespace: string, uid: string): Promise<ClusterEvent[]>;
}

/** The little of the registry that settling needs. */
export interface Manifests {
  /** `outside`: name of a registry of the configuration; absent: the cluster's own. */
  manifest(repository: string, reference: string, ports?: string): Promise<Manifest | undefined>;
}

/** The logs of a stage, as they are followed. */
export interface StageLogs {
  follow(run: Run, stage: StageRun, pods: readonly PodView[]): void;
  progress(run: Run, stage: StageRun): { readonly progress: Progress; readonly logs: readonly KeptLog[] };
  /** Resolves when all logs of the stage are read, or after a limit. */
  complete(run: Run, stage: StageRun): Promise<void>;
  /** The images that the logs of these pods say were pushed. */
  pushed(run: Run, stage: StageRun, pods: readonly PodView[]): readonly PushedImage[];
  cause(run: Run, stage: StageRun, pod: string, end: ContainerEnd): Cause;
}

export interface ObserveDeps {
  readonly book: RunBook;
  readonly view: ClusterView;
  readonly cluster: StageReads;
  readonly registry: Manifests;
  readonly logs: StageLogs;
  readonly now: () => Date;
}

/** How long the registry may take to show what was pushed, where it answers … */
const registryPatienceMs = 60_000;
/** … and where it does not: what was built is worth some waiting. */
const registryOutageMs = 3_600_000;

/** Looks at a stage whose Job was created: records what is new, or settles how it ended. Gives when to look again. */
export async function observeStage(at: ObserveDeps, run: Run, record: StageRun, stage: Stage): Promise<number | undefined> {
  const seen = await readStage(at, run, record);
  at.logs.follow(run, record, seen.pods);
  let state = evaluate(stage, record, seen, at.now());
  if (state.kind === 'going' && state.needsEvents)
    state = evaluate(stage, record, { ...seen, events: await eventsOf(at, run, seen) }, at.now());
  if (state.kind === 'failed' && !seen.gone && !hasEnded(seen.job))
    state = evaluate(stage, record, await present(at, run, record, seen), at.now());
  if (state.kind === 'going') {
    await note(at, run, record, state, seen.job?.uid);
    // A Job that no watch shows brings no news.
    return at.view.jobOf(run, record) ? state.againInMs : Math.min(2_000, state.againInMs ?? 2_000);
  }
  await at.logs.complete(run, record);
  return state.kind === 'passed' ? passStage({ ...at, pods: seen.pods }, run, record, stage) : fail(at, run, record, state);
}

function hasEnded(job: JobView | undefined): boolean {
  return job?.conditions.some(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True') ?? false;
}

/** What is there now: the watches may have shown nothing for hours, and no limit is held against a stage that cannot be seen. */
async function present(at: ObserveDeps, run: Run, record: StageRun, seen: Observed): Promise<Observed> {
  const job = await at.cluster.job(run.namespace, record.job ?? '');
  const pods = await at.cluster.podsOf(run.namespace, run.uid, record.name);
  return { ...seen, pods, gone: !job, ...(job ? { job } : {}) };
}

async function readStage(at: ObserveDeps, run: Run, record: StageRun): Promise<Observed> {
  const job = at.view.jobOf(run, record);
  const pods = at.view.podsOf(run, record);
  if (job) return { job, pods, gone: false };
  // Created, but not (or no longer) in the watch: only the API server itself can say that it is gone.
  const direct = await at.cluster.job(run.namespace, record.job ?? '');
  return direct ? { job: direct, pods, gone: false } : { pods, gone: true };
}

async function eventsOf(at: ObserveDeps, run: Run, seen: Observed): Promise<ClusterEvent[]> {
  const uids = [seen.job?.uid, seen.pods.at(-1)?.uid].filter((uid) => uid !== undefined);
  const lists = await Promise.all(uids.map((uid) => at.cluster.eventsOf(run.namespace, uid).catch(noEvents)));
  return lists.flat().sort((a, b) => byInstant(a.lastAt, b.lastAt));
}

/** Events only say why: where they cannot be had, the limits hold all the same. */
function noEvents(error: unknown): ClusterEvent[] {
  if (error instanceof ClusterError) return [];
  throw error;
}

async function note(
  at: ObserveDeps,
  run: Run,
  record: StageRun,
  state: Evaluation & { kind: 'going' },
  jobUid: string | undefined,
): Promise<void> {
  const { progress, logs } = at.logs.progress(run, record);
  await at.book.change(run.id, (present) => {
    const now = present.stages.find((one) => one.name === record.name);
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

/** With the pods of the stage, oldest first. */
type Settling = ObserveDeps & Pick<Observed, 'pods'>;

async function passStage(at: Settling, run: Run, record: StageRun, stage: Stage): Promise<number | undefined> {
  const endedAt = record.endedAt ?? at.now().toISOString();
  const facts = { ...at.logs.progress(run, record), endedAt };
  if (stage.kind === 'test') return pass(at, run, record, facts);
  if (!record.endedAt) {
    // Saved first, so that the registry's time is counted over restarts too.
    await change(at, run, record, { endedAt, phase: 'asks the registry', statements: statements(at, run, record) });
    return 0;
  }
  const waited = at.now().getTime() - Date.parse(endedAt);
  const found = await imageOf(at, run, record, stage, waited);
  if ('digest' in found) return pass(at, run, record, { ...facts, image: found });
  if (waited < registryPatienceMs) return 1_000;
  return failStage(at, run, record.name, found, facts);
}

async function pass(at: ObserveDeps, run: Run, record: StageRun, facts: Partial<StageRun>): Promise<number> {
  await change(at, run, record, { ...facts, state: 'passed', phase: 'passed' });
  return 0;
}

// A person may have cancelled the run meanwhile.
async function change(at: ObserveDeps, run: Run, record: StageRun, facts: Partial<StageRun>): Promise<void> {
  await at.book.change(run.id, (now) => (isUnderWay(now, record) ? withStage(now, record.name, facts) : now));
}

/** The image, or why there is none that is certainly this stage's. @throws where the registry cannot be asked at present */
async function imageOf(
  at: Settling,
  run: Run,
  record: StageRun,
  stage: Stage & { kind: 'image' },
  waited: number,
): Promise<BuiltImage | Cause> {
  const { repository } = stage;
  const tag = tagOf(run, stage);
  try {
    const manifest = await at.registry.manifest(repository, tag, registryName(stage));
    if (!manifest) return noImage(`${repository}:${tag} is not there`);
    const doubt = doubtAbout(manifest, statements(at, run, record));
    const { digest, bytes } = manifest;
    return doubt ? doubtfulImage(`${repository}:${tag}`, doubt) : { repository, tag, digest, bytes };
  } catch (error) {
    if (waited < (error instanceof UserError ? registryPatienceMs : registryOutageMs)) throw error;
    return noImage(messageOf(error));
  }
}

/** Its pods may be gone meanwhile: what was said stays said. */
function statements(at: Settling, run: Run, record: StageRun): ImageStatements {
  const now = { pushed: at.logs.pushed(run, record, at.pods), messages: messagesOf(at.pods) };
  return now.pushed.length + now.messages.length > 0 ? now : (record.statements ?? now);
}

async function fail(at: ObserveDeps, run: Run, record: StageRun, state: Evaluation & { kind: 'failed' }): Promise<0> {
  const cause = 'cause' in state ? state.cause : at.logs.cause(run, record, state.pod, state.end);
  return failStage(at, run, record.name, cause, at.logs.progress(run, record));
}
