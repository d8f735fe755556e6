import type { Stage } from '../../core/config.ts';
import { isForGood, messageOf } from '../../core/errors.ts';
import type { Run } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import type { StageRun } from '../../core/run/stage-run.ts';
import { isReleaseImage, isUnderWay, replaceStage, stageOf } from '../../core/run/stages.ts';
import { failStage } from './observe-stage.ts';
import { unanswered } from './reasons.ts';

/** How long a stage continues while something it needs does not answer; once its Job exists, in addition to the stage's timeout. */
const patienceMs = 3_600_000;

interface Deps {
  readonly book: RunBook;
  readonly now: () => Date;
}

/**
 * Takes a step of a stage. If it is refused for long enough, or for a release also if it gets no answer, the stage fails: nothing else
 * would end it, and a partly published release cannot be cancelled.
 * @throws what the step throws, before that
 */
export async function withErrorLimit(
  deps: Deps,
  run: Run,
  { record, stage }: { readonly record: StageRun; readonly stage: Stage },
  step: () => Promise<number | undefined>,
): Promise<number | undefined> {
  try {
    const next = await step();
    if (record.failingSince) await note(deps, run, record, undefined);
    return next;
  } catch (error) {
    if (!isReleaseImage(run, record) && !isForGood(error)) throw error;
    const now = deps.now();
    if (!record.failingSince) await note(deps, run, record, now.toISOString());
    const lasted = now.getTime() - Date.parse(record.failingSince ?? now.toISOString());
    if (lasted < patienceMs + (record.state === 'started' ? stage.timeout : 0)) throw error;
    return failStage(deps, run, record.name, unanswered(messageOf(error)));
  }
}

/** @param since undefined if the error is over */
async function note({ book }: Deps, run: Run, { name, state }: StageRun, since: string | undefined): Promise<void> {
  await book.change(run.id, (present) => {
    const now = stageOf(present, name);
    if (!now || now.state !== state || !isUnderWay(present, { name }) || now.failingSince === since) return present;
    const { failingSince: _past, ...rest } = now;
    return replaceStage(present, name, () => ({ ...rest, ...(since && { failingSince: since }) }));
  });
}
