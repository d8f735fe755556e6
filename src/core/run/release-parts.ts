import type { Run, StageRun } from './run.ts';

/** What the GitHub release is called among the parts of a release; no stage may be. */
export const githubPart = 'github';

/** The stages that build images of the release. */
export function releaseImages({ stages }: Pick<Run, 'stages'>): StageRun[] {
  return stages.filter(({ release }) => release);
}

/** The part that failed and that a word names, in upper or lower case. */
export function failedPart(run: Run, word: string): string | undefined {
  return failedParts(run).find((part) => part.toLowerCase() === word.toLowerCase());
}

/** The parts of a release that failed, as people name them to retry one: its images, then `github`. */
export function failedParts(run: Run): string[] {
  const images = releaseImages(run).filter(({ state }) => state === 'failed');
  return [...images.map(({ name }) => name), ...(run.release?.github?.state === 'failed' ? [githubPart] : [])];
}
