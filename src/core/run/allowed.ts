import { isOver, nextStates, type Run, type RunState } from './run.ts';

/** Whether a person may still stop the run. */
export function canCancel(run: Run): boolean {
  return cancelRefusal(run) === undefined;
}

/** Why a person may not stop the run (any more), as a sentence: of a release under way, something is or may be published. */
export function cancelRefusal(run: Run): string | undefined {
  const next: readonly RunState[] = nextStates[run.state];
  if (isOver(run) || !next.includes('cancelled')) return `${run.id} has already ended: it is ${run.state}.`;
  if (run.state !== 'releasing') return undefined;
  const why = publishedOf(run);
  return why && `${run.id} can no longer be cancelled: it is being released, and ${why}.`;
}

function publishedOf({ id, stages, release }: Run): string | undefined {
  const image = stages.find((stage) => stage.release && stage.state === 'passed');
  if (image)
    return `its image \`${image.name}\` has been pushed${image.image ? ` (\`${image.image.repository}:${image.image.tag}\`)` : ''}`;
  const { state, maybePublished } = release?.github ?? {};
  if (state === 'published') return 'its GitHub release is published';
  if (state === 'publishing') return 'its GitHub release is being published right now';
  if (!maybePublished) return undefined;
  return `its GitHub release may already be published; ${state === 'failed' ? `\`retry ${id} github\` checks` : 'this is being checked'}`;
}

/** Whether a new run may take up where this one ended. */
export function canRetry(run: Run): boolean {
  return run.state === 'failed' || run.state === 'cancelled' || run.state === 'superseded';
}

/** Whether people may decide about the release of the run. */
export function canDecide(run: Run): boolean {
  return run.state === 'passed' && run.release?.openedAt !== undefined && run.release.problem === undefined;
}
