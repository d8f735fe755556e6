import { isOver, type Run } from '../core/run.ts';
import type { RunBook } from '../core/run-book.ts';

/** Ended runs that nobody is owed anything of, beyond the newest `keep` of their repository. */
export function beyondRetention(runs: readonly Run[], keep: number): Run[] {
  const ended = new Map<string, Run[]>();
  for (const run of runs) {
    if (isSettled(run)) ended.set(run.repository, [...(ended.get(run.repository) ?? []), run]);
  }
  return [...ended.values()].flatMap((list) => list.sort((a, b) => b.createdAt.localeCompare(a.createdAt)).slice(keep));
}

/** Over, shown in its end state, and cleaned up. */
export function isSettled(run: Run): boolean {
  const { message, thread, cleaned } = run.delivery;
  const shown = message?.state === 'posted' && message.revision >= run.revision && thread.every((item) => item.state === 'posted');
  return isOver(run) && shown && cleaned;
}

/** Forgets ended runs beyond the newest `keep` of each repository, with their logs. */
export async function retire(
  keep: number,
  book: RunBook,
  records: { forgetRun(id: string): Promise<void> },
  logs: { forget(run: string): Promise<void> },
): Promise<void> {
  for (const run of beyondRetention(book.all(), keep)) {
    book.forget(run.id);
    await records.forgetRun(run.id);
    await logs.forget(run.id);
  }
}
