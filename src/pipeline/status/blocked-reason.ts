import { messageOf } from '../../core/errors.ts';
import { isOver } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';

/** Records in a run what blocks it from outside; undefined: nothing any more. */
export async function noteBlockedReason(book: RunBook, id: string, reason: string | undefined): Promise<void> {
  if (!book.get(id)) return;
  await book.change(id, (run) => {
    if (run.blockedReason === reason || (reason !== undefined && isOver(run))) return run;
    const { blockedReason: _past, ...rest } = run;
    return reason === undefined ? rest : { ...rest, blockedReason: reason };
  });
}

/** Records in every running run that the cluster is unreachable. */
export function reportClusterOutage(book: RunBook, message: string | undefined, log: (message: string) => void): void {
  const words = message && `the cluster is unreachable: ${message}`;
  log(words ?? 'the cluster is reachable again');
  for (const run of book.inState('running')) noteBlockedReason(book, run.id, words).catch((error) => log(messageOf(error)));
}
