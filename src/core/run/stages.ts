import type { Run } from './run.ts';
import type { StageRun } from './stage-run.ts';

/** The images of a run's release, each a stage of its own; empty before the release begins. */
export function releaseImages({ release }: Pick<Run, 'release'>): readonly StageRun[] {
  return release?.images ?? [];
}

/** Everything that has a Job and a log: the stages of the run, then the images of its release. */
export function allStages(run: Pick<Run, 'stages' | 'release'>): readonly StageRun[] {
  return [...run.stages, ...releaseImages(run)];
}

/** The stage or image of that name. An image takes precedence over a finished stage: the configuration may have reassigned the name. */
export function stageOf(run: Pick<Run, 'stages' | 'release'>, name: string): StageRun | undefined {
  const isNamed = (stage: StageRun) => stage.name === name;
  return releaseImages(run).find(isNamed) ?? run.stages.find(isNamed);
}

export function isReleaseImage(run: Pick<Run, 'release'>, { name }: { readonly name: string }): boolean {
  return releaseImages(run).some((image) => image.name === name);
}

/** Whether a step may still change the stage: while its run is running or, for an image of the release, releasing. */
export function isUnderWay(run: Run, stage: { readonly name: string }): boolean {
  return run.state === (isReleaseImage(run, stage) ? 'releasing' : 'running');
}

/** The current attempt at a stage; 1 if the run has none of that name. */
export function attemptAt(run: Pick<Run, 'stages' | 'release'>, stage: string): number {
  return stageOf(run, stage)?.attempt ?? 1;
}

/** The stage that is in progress or comes next; undefined if all have passed. */
export function currentStage(run: Run): StageRun | undefined {
  return run.stages.find((stage) => stage.state !== 'passed');
}

/** The run with one stage, or one image of its release, replaced by a function of it. */
export function replaceStage(run: Run, name: string, by: (stage: StageRun) => StageRun): Run {
  const replaced = (stages: readonly StageRun[]) => stages.map((stage) => (stage.name === name ? by(stage) : stage));
  const { release } = run;
  if (release?.images && isReleaseImage(run, { name })) return { ...run, release: { ...release, images: replaced(release.images) } };
  return { ...run, stages: replaced(run.stages) };
}

/** The run with one stage, or one image of its release, changed. */
export function withStage(run: Run, name: string, change: Partial<StageRun>): Run {
  return replaceStage(run, name, (stage) => ({ ...stage, ...change }));
}
