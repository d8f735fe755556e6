import { isOver, nextStates, type Run, type RunState } from './run.ts';

/** Whether a person may still stop the run. */
export function canCancel(run: Run): boolean {
  const next: readonly RunState[] = nextStates[run.state];
  return !isOver(run) && next.includes('cancelled');
}

/** Whether a new run may take up where this one ended. */
export function canRetry(run: Run): boolean {
  return run.state === 'failed' || run.state === 'cancelled' || run.state === 'superseded';
}

/** Whether people may decide about the release of the run. */
export function canDecide(run: Run): boolean {
  return run.state === 'passed' && run.release?.openedAt !== undefined && run.release.problem === undefined;
}
