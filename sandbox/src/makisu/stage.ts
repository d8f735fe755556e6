import { setTimeout as sleep } from 'node:timers/promises';
import { emptyConfig } from './config.ts';
import { buildStep, type Progress, type Step, type Surroundings, textOf } from './step.ts';
import { within } from './within.ts';

export interface BuildStage {
  readonly alias: string;
  readonly steps: readonly Step[];
  /** Whether it needs files on disk in Makisu: it has RUN or --chown, or another stage copies from it. */
  readonly onDisk: boolean;
}

/** The last step that came out of the cache by its own `#!COMMIT`; what lies before it is skipped. */
export function latestFetched(steps: readonly Step[]): number {
  let latest = -1;
  for (const [index, { directive, committed }] of steps.entries()) {
    if (index === 0 || !directive.commit) continue;
    if (committed === undefined) return latest;
    latest = index;
  }
  return latest;
}

/** Asks the cache for the steps in turn, up to the first that it does not know. */
export async function fetchCached({ steps }: BuildStage, { cache, forceCommit, log }: Surroundings): Promise<void> {
  for (const step of steps.slice(1)) {
    if (!step.directive.commit && !forceCommit) continue;
    try {
      const found = await cache.pull(step.id);
      if (found !== 'none') step.committed = found;
    } catch (error) {
      return log.error(`Failed to fetch intermediate layer with cache ID ${step.id}: ${(error as Error).message}`);
    }
  }
}

/** Builds a stage, line by line. */
export async function buildStage(stage: BuildStage, around: Surroundings, last: boolean): Promise<Progress> {
  const { log, forceCommit, modifyFs, pace } = around;
  if (stage.onDisk && !modifyFs) throw new Error('fs not allowed to be modified');
  const progress: Progress = { config: emptyConfig(), tree: new Map(), history: [], pending: new Map(), scan: false, folders: new Map() };
  const { steps } = stage;
  for (const [index, step] of steps.entries()) {
    const skip = index > 0 && index < latestFetched(steps);
    const commit = index === 0 || (last && index === steps.length - 1) || forceCommit;
    const marks = [skip && 'skip', commit && 'commit', stage.onDisk && 'modifyfs'].filter(Boolean).join(',');
    log.info(`* Step ${index + 1}/${steps.length} (${marks}) : ${textOf(step)}`);
    await sleep(pace);
    await within('build node', () => buildStep(step, { skip, commit, onDisk: stage.onDisk }, progress, around));
  }
  return progress;
}
