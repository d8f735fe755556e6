import type { Cause } from '../../core/logs.ts';
import { isUnderWay, logName, moved, type Run, type StageRun, type ThreadPost, withStage } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';

/** Fails a stage and its run in one change, and owes the thread the cause and the whole log. An image of a release fails alone: it may be tried again. Gives 0, since the run is not what it was. */
export async function failStage(
  deps: { book: RunBook; now: () => Date },
  run: Run,
  stage: string,
  cause: Cause,
  more: Partial<StageRun> = {},
): Promise<0> {
  await deps.book.change(run.id, (present) => {
    if (!isUnderWay(present, { name: stage })) return present;
    const failed = withStage(present, stage, { ...more, state: 'failed', cause, endedAt: deps.now().toISOString() });
    if (failed.state === 'releasing') return owing(failed, stage);
    const { blockedReason: _over, ...rest } = moved(failed, 'failed', { reason: `${stage}: ${cause.title}` }, deps.now());
    return owing(rest, stage);
  });
  return 0;
}

function owing(run: Run, stage: string): Run {
  return { ...run, delivery: { ...run.delivery, thread: [...run.delivery.thread, ...owed(run, stage)] } };
}

function owed(run: Run, stage: string): ThreadPost[] {
  const record = run.stages.find((one) => one.name === stage);
  const key = record ? logName(record) : stage;
  const posts: ThreadPost[] = [{ key: `cause-${key}`, kind: 'cause', stage, state: 'pending' }];
  if (record?.logs?.some((log) => log.lines > 0)) posts.push({ key: `log-${key}`, kind: 'log', stage, state: 'pending' });
  return posts;
}
