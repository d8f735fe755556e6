import type { ReleaseImage, ReleaseStage, Repository } from '../../core/config.ts';
import { isUntouched } from '../../core/run/release-parts.ts';
import type { Run } from '../../core/run/run.ts';
import type { StageRun } from '../../core/run/stage-run.ts';
import { releaseImages } from '../../core/run/stages.ts';
import { withErrorLimit } from '../stage/error-limit.ts';
import { failStage, type ObserveDeps, observeStage } from '../stage/observe-stage.ts';
import { unconfigured } from '../stage/reasons.ts';
import { renderStage, type StartDeps, submitStage } from '../stage/start-stage.ts';
import { beforePush, type PushDeps } from './before-push.ts';

export type ImageDeps = StartDeps & ObserveDeps & PushDeps;

/** The stages for a release's images, added to a run when its release begins. */
export function imageStages(release: ReleaseStage): StageRun[] {
  return release.images.map(({ name }) => ({ name, kind: 'image', state: 'waiting', attempt: 1 }));
}

/** The overall state of a release's images: a failed one waits for a person, and the others continue. */
export function imagesState(run: Run): 'under way' | 'passed' | 'failed' {
  const images = releaseImages(run);
  if (images.some(({ state }) => state === 'waiting' || state === 'starting' || state === 'started')) return 'under way';
  return images.every(({ state }) => state === 'passed') ? 'passed' : 'failed';
}

/** Takes one step for every image in progress, concurrently. Returns when to check again; undefined: not before there is an event. */
export async function stepImages(deps: ImageDeps, run: Run, repository: Repository): Promise<number | undefined> {
  const images = releaseImages(run).filter(({ state }) => state !== 'passed' && state !== 'failed');
  const again = await Promise.all(images.map((record) => stepImage(deps, run, repository, record)));
  const times = again.filter((ms) => ms !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

async function stepImage(deps: ImageDeps, run: Run, repository: Repository, record: StageRun): Promise<number | undefined> {
  const stage = repository.release?.images.find(({ name }) => name === record.name);
  if (!stage) return failStage(deps, run, record.name, unconfigured(record.name));
  return withErrorLimit(deps, run, { record, stage }, () => takeStep(deps, run, repository, { record, stage }));
}

async function takeStep(
  deps: ImageDeps,
  run: Run,
  repository: Repository,
  { record, stage }: { readonly record: StageRun; readonly stage: ReleaseImage },
): Promise<number | undefined> {
  if (record.state === 'waiting') return renderStage(deps, run, repository, stage);
  if (record.state === 'starting')
    return (await beforePush(deps, { run, repository, record, stage })) ?? submitStage(deps, run, record, stage.workspace);
  return observeStage(deps, run, record, stage);
}

/** The image stage with a new attempt: the state of the previous one is dropped, its log is kept. */
export function anotherAttempt(record: StageRun): StageRun {
  const { name, kind, attempt = 1 } = record;
  return { name, kind, state: 'waiting', attempt: attempt + 1, ...(isUntouched(record) && { untouched: true }) };
}
