import { canCancel, canRetry } from '../core/allowed.ts';
import type { Run, StageRun } from '../core/run.ts';
import { type ButtonText, limits } from './blocks.ts';
import { clip } from './escape.ts';

/** The buttons that fit a run's state: none that would be refused. */
export function runButtons(run: Run): ButtonText[] {
  return [...logs(run), ...retry(run), ...cancel(run)].filter(({ says }) => says.length <= limits.value);
}

function cancel(run: Run): ButtonText[] {
  if (!canCancel(run)) return [];
  const confirm = {
    title: clip(`Cancel ${run.id}?`, 90),
    text: 'What runs of it in the cluster is stopped. A retry makes a new run.',
    yes: 'Cancel the run',
    no: 'Keep it',
  };
  return [{ label: 'Cancel', says: `cancel ${run.id}`, style: 'danger', confirm }];
}

function retry(run: Run): ButtonText[] {
  return canRetry(run) ? [{ label: 'Retry', says: `retry ${run.id}`, style: 'primary' }] : [];
}

function logs(run: Run): ButtonText[] {
  const stage = stageToRead(run);
  return stage ? [{ label: 'Logs', says: `logs ${run.id} ${stage.name}` }] : [];
}

/** The stage whose log says most at present: the one that failed, else the latest that has a log. */
function stageToRead(run: Run): StageRun | undefined {
  const withLogs = run.stages.filter((stage) => stage.logs?.some(({ lines }) => lines > 0));
  return withLogs.find(({ state }) => state === 'failed') ?? withLogs.at(-1);
}
