import type { Run } from './run.ts';
import { releaseImages } from './stages.ts';

/** What the GitHub release is called among the parts of a release; no stage may be. */
export const githubPart = 'github';

/** The part that failed and that a word names, in upper or lower case. */
export function failedPart(run: Pick<Run, 'release'>, word: string): string | undefined {
  return failedParts(run).find((part) => part.toLowerCase() === word.toLowerCase());
}

/** The parts of a release that failed, as people name them to retry one: its images, then `github`. */
export function failedParts(run: Pick<Run, 'release'>): string[] {
  const images = releaseImages(run).filter(({ state }) => state === 'failed');
  return [...images.map(({ name }) => name), ...(run.release?.github?.state === 'failed' ? [githubPart] : [])];
}
