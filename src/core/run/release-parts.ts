import type { Run } from './run.ts';
import type { StageRun } from './stage-run.ts';
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

/** Proves on GitHub that a draft or release is this run's; a retry goes on with what the run before has left there. */
export function markerOf(run: Run): string {
  return run.release?.marker ?? run.uid;
}

/** The names of a release's images that may have been pushed, by this run or one of which it is a retry. */
export function attemptedImages(run: Run): string[] {
  const isUntouched = ({ state, attempt = 1 }: StageRun) => (state === 'waiting' || state === 'skipped') && attempt === 1;
  const own = releaseImages(run).filter((image) => !isUntouched(image));
  return [...new Set([...(run.release?.attemptedImages ?? []), ...own.map(({ name }) => name)])];
}
