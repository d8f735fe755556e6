import { isDeepStrictEqual } from 'node:util';
import type { ReportedImage } from './release-run.ts';
import type { Run } from './run.ts';
import type { StageRun } from './stage-run.ts';
import { releaseImages } from './stages.ts';

/** The GitHub release's name among the parts of a release; no stage may have it. */
export const githubPart = 'github';

/** The failed part that a word names, case-insensitively. */
export function failedPart(run: Pick<Run, 'release'>, word: string): string | undefined {
  return failedParts(run).find((part) => part.toLowerCase() === word.toLowerCase());
}

/** The failed parts of a release, by the names used to retry them: its images, then `github`. */
export function failedParts(run: Pick<Run, 'release'>): string[] {
  const images = releaseImages(run).filter(({ state }) => state === 'failed');
  return [...images.map(({ name }) => name), ...(run.release?.github?.state === 'failed' ? [githubPart] : [])];
}

/** Proves on GitHub that a draft or release belongs to this run; a retry continues with what the earlier run left there. */
export function markerOf(run: Run): string {
  return run.release?.marker ?? run.uid;
}

/** The names of a release's images that may have been pushed, by this run or a run that it retries. */
export function attemptedImages(run: Run): string[] {
  const own = releaseImages(run).filter((image) => !isUntouched(image));
  return [...new Set([...(run.release?.attemptedImages ?? []), ...own.map(({ name }) => name)])];
}

/** Whether no attempt at an image has pushed it: none has come as far as its Job. */
export function isUntouched(image: StageRun): boolean {
  const isBefore = image.state === 'waiting' || image.state === 'skipped' || wasHeldBack(image);
  return isBefore && ((image.attempt ?? 1) === 1 || image.untouched === true);
}

/** Whether the present attempt at an image has certainly not pushed it: the check right before its Job holds it or has refused it. */
function wasHeldBack({ startedAt, heldSince, state, cause }: StageRun): boolean {
  return startedAt === undefined && (heldSince !== undefined || (state === 'failed' && cause?.kind === 'registry'));
}

/** What this run or one that it retries is known to have pushed as images of the release. */
export function reportedImages({ release }: Pick<Run, 'release'>): ReportedImage[] {
  const images = release?.images ?? [];
  const own = images.flatMap(({ name, statements }) => (statements ? [{ name, ...statements }] : []));
  const before = release?.reported ?? [];
  return [...before, ...own.filter((one) => !before.some((other) => isDeepStrictEqual(one, other)))];
}

/** Why a release that people have approved does not proceed, as a sentence: what could not be told; undefined if it does. */
export function heldBecause({ state, release }: Pick<Run, 'state' | 'release'>): string | undefined {
  if (state !== 'approved' && state !== 'releasing') return undefined;
  const isHeld = ({ state, heldSince }: StageRun) => state === 'starting' && heldSince !== undefined;
  return release?.doubt ?? releaseImages({ ...(release && { release }) }).find(isHeld)?.waitingFor;
}
