import { Coalesced } from '../../core/concurrency/serial.ts';
import type { Config, Repository } from '../../core/config.ts';
import type { Run } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import { WaitingLine } from './waiting-line.ts';

/** The most GPUs that any stage of a run of a repository uses. */
function gpusOf(repositories: readonly Repository[]): (repository: string) => number {
  const needs = new Map(
    repositories.map(({ name, stages }) => [name, Math.max(0, ...stages.map((stage) => (stage.kind === 'test' ? stage.gpus : 0)))]),
  );
  return (repository) => needs.get(repository) ?? 0;
}

/** Starts and supersedes runs as the waiting line decides; safe to call at any time, calls are coalesced. Failed saves are retried. */
export function queue(book: RunBook, config: Config, now: () => Date, retryMs = 5_000): () => Promise<void> {
  const line = new WaitingLine(config.limits, gpusOf(config.repositories));
  book.keep(line);
  let isRetryDue = false;
  const again = () => {
    isRetryDue = false;
    next.run().catch(() => undefined);
  };
  const next = new Coalesced(async () => {
    try {
      await take(book, line, now);
    } catch (error) {
      line.recheck();
      if (!isRetryDue) setTimeout(again, retryMs).unref();
      isRetryDue = true;
      throw error;
    }
  });
  return () => next.run();
}

async function take(book: RunBook, line: WaitingLine, now: () => Date): Promise<void> {
  for (const { id, by } of line.superseded()) {
    await ifQueued(book, id, () =>
      book.move(id, 'superseded', { supersededBy: by, reason: `a newer commit of the branch is waiting: ${by}` }),
    );
  }
  for (const id of line.startable()) await ifQueued(book, id, () => book.move(id, 'running', { startedAt: now().toISOString() }));
  for (const { id, behind } of line.waiting()) await book.change(id, (run) => nowBehind(run, behind));
}

function nowBehind(run: Run, behind: string): Run {
  return run.state === 'queued' && run.queuedBehind !== behind ? { ...run, queuedBehind: behind } : run;
}

// A person may have cancelled it between the decision and the move.
async function ifQueued(book: RunBook, id: string, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (book.get(id)?.state === 'queued') throw error;
  }
}
