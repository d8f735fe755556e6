import { asCommand } from '../text/quoted.ts';
import { failedParts } from './release-parts.ts';
import { isOver, nextStates, type Run, type RunState } from './run.ts';
import { releaseImages } from './stages.ts';

/** Whether a user may still cancel the run. */
export function canCancel(run: Run): boolean {
  return cancelRefusal(run) === undefined;
}

/** Why a user may not cancel the run (any more), as a sentence: for a release in progress, because something is or may be published. */
export function cancelRefusal(run: Run): string | undefined {
  const next: readonly RunState[] = nextStates[run.state];
  if (isOver(run) || !next.includes('cancelled')) return `${run.id} has already ended: it ${endWords(run)}.`;
  if (run.state !== 'releasing') return undefined;
  const why = publishedOf(run);
  return why && `${run.id} can no longer be cancelled: it is being released, and ${why}.`;
}

function publishedOf(run: Run): string | undefined {
  const { id, release } = run;
  const image = releaseImages(run).find(({ state }) => state === 'passed');
  if (image)
    return `its image \`${image.name}\` has been pushed${image.image ? ` (\`${image.image.repository}:${image.image.tag}\`)` : ''}`;
  const { state, maybePublished } = release?.github ?? {};
  if (state === 'published') return 'its GitHub release is published';
  if (state === 'publishing') return 'its GitHub release is being published right now';
  if (!maybePublished) return undefined;
  return `its GitHub release may already be published; ${state === 'failed' ? `\`retry ${id} github\` checks` : 'this is being checked'}`;
}

/** Whether a new run may retry this one. */
export function canRetry(run: Run): boolean {
  return retryRefusal(run) === undefined;
}

/** Why no new run may retry this one, as a sentence that says what can be done instead. */
export function retryRefusal(run: Run): string | undefined {
  const { id, state, repository, branch } = run;
  if (state === 'failed' || state === 'cancelled' || state === 'superseded') return undefined;
  if (state === 'releasing') return `${id} is being released: name the part to retry. ${partsToRetry(run)}`;
  if (!isOver(run)) return `${id} is still ${state}. Cancel it first, or wait for its end.`;
  return `${id} ${endWords(run)}; there is nothing to retry. ${asCommand(`run ${repository} ${branch}`)} starts a new run.`;
}

function endWords({ state }: Run): string {
  return state === 'passed' ? 'has passed' : `is ${state}`;
}

function partsToRetry(run: Run): string {
  const failed = failedParts(run).map((part) => asCommand(`retry ${run.id} ${part}`));
  return failed.length === 0 ? 'No part of it has failed.' : failed.join(', ');
}

/** Whether people may approve or reject the run's release. */
export function canDecide(run: Run): boolean {
  return run.state === 'passed' && run.release?.openedAt !== undefined && run.release.problem === undefined;
}
