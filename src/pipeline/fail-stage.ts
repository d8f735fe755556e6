import type { Cause } from '../core/logs.ts';
import { moved, type Run, type StageRun, type ThreadPost, withStage } from '../core/run.ts';
import type { RunBook } from '../core/run-book.ts';

/** Fails a stage and its run in one change, and owes the thread the cause and the whole log. */
export async function failStage(
  hands: { book: RunBook; now: () => Date },
  run: Run,
  stage: string,
  cause: Cause,
  more: Partial<StageRun> = {},
): Promise<void> {
  await hands.book.change(run.id, (present) => {
    if (present.state !== 'running') return present;
    const endedAt = hands.now().toISOString();
    const failed = withStage(present, stage, { ...more, state: 'failed', cause, endedAt });
    const { trouble: _over, ...rest } = moved(failed, 'failed', { reason: `${stage}: ${cause.title}` }, hands.now());
    return { ...rest, delivery: { ...rest.delivery, thread: [...rest.delivery.thread, ...owed(rest, stage)] } };
  });
}

function owed(run: Run, stage: string): ThreadPost[] {
  const record = run.stages.find((one) => one.name === stage);
  const posts: ThreadPost[] = [{ key: `cause-${stage}`, kind: 'cause', stage, state: 'owed' }];
  if (record?.logs?.some((log) => log.lines > 0)) posts.push({ key: `log-${stage}`, kind: 'log', stage, state: 'owed' });
  return posts;
}
