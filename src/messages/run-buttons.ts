import { canCancel, canDecide, canRetry } from '../core/run/allowed.ts';
import { failedParts, githubPart } from '../core/run/release-parts.ts';
import { isBusy, type Run, shortSha } from '../core/run/run.ts';
import { hasLog, stageToRead } from '../core/run/stage-log.ts';
import { type ButtonText, limits } from './blocks.ts';
import { plainName } from './escape.ts';
import type { MessageView } from './view.ts';

/** The buttons that apply to a run's state: none whose command would be refused. */
export function runButtons(run: Run, view: MessageView): ButtonText[] {
  return [...decide(run, view), ...logs(run), ...retry(run), ...retryParts(run), ...cancel(run)].filter(
    ({ says }) => says.length <= limits.value,
  );
}

/** The decisions that approvers can make about a release; their text contains what was shown. */
function decide(run: Run, view: MessageView): ButtonText[] {
  const { release } = run;
  if (!release || !canDecide(run)) return [];
  const shown = `${run.id} ${shortSha(run.commit)} ${release.tag}`;
  const confirm = {
    title: `Release ${plainName(release.tag, 80)}?`,
    text: `${plainName(view.title, 60)} ${shortSha(run.commit)} on branch ${plainName(run.branch, 80)} will be released as ${plainName(release.tag, 60)}. A release cannot be undone.`,
    yes: 'Approve',
    no: 'Not yet',
    style: 'primary' as const,
  };
  const notes: ButtonText = { label: 'Edit notes', says: `notes ${shown}`, asks: true };
  return [
    { label: `Approve ${plainName(release.tag, 30)} of ${plainName(run.branch, 30)}`, says: `approve ${shown}`, style: 'primary', confirm },
    { label: 'Reject', says: `reject ${shown}`, style: 'danger', asks: true },
    ...(view.release?.github ? [notes] : []),
  ];
}

const mostParts = 15;

/** One for each failed part of a release in progress. */
function retryParts(run: Run): ButtonText[] {
  if (run.state !== 'releasing') return [];
  return failedParts(run)
    .slice(0, mostParts)
    .map((part) => ({
      label: `Retry ${part === githubPart ? 'GitHub' : plainName(part, 60)}`,
      says: `retry ${run.id} ${part}`,
      style: 'primary',
      part,
    }));
}

function cancel(run: Run): ButtonText[] {
  // While people may decide, refusing means rejecting, which asks for a reason.
  if (!canCancel(run) || canDecide(run)) return [];
  const confirm = {
    title: `Cancel ${plainName(run.id, 80)}?`,
    text: cancelWords(run),
    yes: 'Cancel the run',
    no: 'Keep it',
  };
  return [{ label: 'Cancel', says: `cancel ${run.id}`, style: 'danger', confirm }];
}

function cancelWords(run: Run): string {
  if (isBusy(run)) return 'Its Jobs in the cluster will be stopped. A retry starts a new run.';
  const under = 'Nothing has been published yet, and nothing will be. A draft on GitHub is kept and linked.';
  return run.state === 'releasing' ? under : 'It will not be released.';
}

function retry(run: Run): ButtonText[] {
  return canRetry(run) ? [{ label: 'Retry', says: `retry ${run.id}`, style: 'primary' }] : [];
}

function logs(run: Run): ButtonText[] {
  const stage = stageToRead(run);
  return stage && hasLog(stage) ? [{ label: 'Logs', says: `logs ${run.id} ${stage.name}` }] : [];
}
