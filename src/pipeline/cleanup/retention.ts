import { isOver, type Run } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import { byAge } from '../../core/run/run-id.ts';
import type { RunIndex } from '../../core/run/run-index.ts';
import { SortedList } from '../../core/run/sorted-list.ts';

/** Ended runs with nothing left to do, oldest first for each repository. */
export class Settled implements RunIndex {
  readonly #runs = new Map<string, SortedList<Run>>();

  put(run: Run): void {
    if (!isSettled(run)) return;
    const runs = this.#runs.get(run.repository) ?? new SortedList(byAge);
    runs.put(run);
    this.#runs.set(run.repository, runs);
  }

  drop(run: Run): void {
    this.#runs.get(run.repository)?.drop(run);
  }

  /** Those beyond the newest `keep` of a repository. */
  beyond(keep: number, repository: string): readonly Run[] {
    const items = this.#runs.get(repository)?.items ?? [];
    return items.slice(0, Math.max(0, items.length - keep));
  }
}

/** Over, shown in its final state (or not to be announced, or permanently refused by Slack), and cleaned up. */
export function isSettled(run: Run): boolean {
  const { message, refused, thread, cleaned, unannounced } = run.delivery;
  const isPosted = message ? message.state === 'posted' && message.revision >= run.revision : unannounced === true;
  const isDone = isPosted && thread.every(({ state }) => state === 'posted' || state === 'refused');
  return isOver(run) && (isDone || refused?.state === run.state) && cleaned;
}

/** Deletes the given runs, those beyond the newest that are kept, with their logs. */
export async function retire(
  beyond: readonly Run[],
  book: RunBook,
  records: { forgetRun(id: string): Promise<void> },
  logs: { forget(run: string): Promise<void> },
): Promise<void> {
  for (const { id } of beyond) book.forget(id);
  for (const { id } of beyond) {
    await records.forgetRun(id);
    await logs.forget(id);
  }
}
