import type { Run } from './run.ts';
import type { StageRun } from './stage-run.ts';

/** The images of a run's release, each a stage of its own; none before the release begins. */
export function releaseImages({ release }: Pick<Run, 'release'>): readonly StageRun[] {
  return release?.images ?? [];
}

/** All that has a Job and a log: the stages of the run, then the images of its release. */
export function allStages(run: Pick<Run, 'stages' | 'release'>): readonly StageRun[] {
  return [...run.stages, ...releaseImages(run)];
}

/** The stage or image of that name. An image goes before a stage, which is over by then: the configuration may have given the name away meanwhile. */
export function stageOf(run: Pick<Run, 'stages' | 'release'>, name: string): StageRun | undefined {
  const isNamed = (stage: StageRun) => stage.name === name;
  return releaseImages(run).find(isNamed) ?? run.stages.find(isNamed);
}

export function isReleaseImage(run: Pick<Run, 'release'>, { name }: { readonly name: string }): boolean {
  return releaseImages(run).some((image) => image.name === name);
}

/** Whether a step may still change the stage: while its run is running or, of an image of the release, while that is cut. */
export function isUnderWay(run: Run, stage: { readonly name: string }): boolean {
  return run.state === (isReleaseImage(run, stage) ? 'releasing' : 'running');
}

/** Which attempt at a stage is under way; 1 where the run has none of that name. */
export function attemptAt(run: Pick<Run, 'stages' | 'release'>, stage: string): number {
  return stageOf(run, stage)?.attempt ?? 1;
}

/** The stage that is under way or comes next; undefined where all have passed or the run is over. */
export function currentStage(run: Run): StageRun | undefined {
  return run.stages.find((stage) => stage.state !== 'passed');
}

/** The run with one stage, or one image of its release, made anew from what it is. */
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
