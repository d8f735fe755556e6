import type { CancelledAll } from '../../core/command/command.ts';
import { messageOf } from '../../core/errors.ts';
import { branchPatterns } from '../../core/git/branch-patterns.ts';
import { canCancel } from '../../core/run/allowed.ts';
import { isOver, type Run } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';

const atOnce = 16;

/** Cancels every cancellable run of a repository, or of the branches that match a pattern, including runs that are created meanwhile. */
export async function cancelAll(
  book: RunBook,
  wish: { readonly repository: string; readonly branches?: string },
  cancel: (run: Run) => Promise<unknown>,
): Promise<CancelledAll> {
  const matches = wish.branches === undefined ? () => true : branchPatterns([wish.branches]).matches;
  const wanted = () => book.ofRepository(wish.repository).filter((run) => !isOver(run) && matches(run.branch));
  const refused = new Map<string, string>();
  let cancelled = 0;
  for (let left = wanted(); left.some(canBe(refused)); left = wanted()) {
    for (const some of inParts(left.filter(canBe(refused)).sort(queuedFirst))) {
      await Promise.all(
        some.map((run) =>
          cancel(run).then(
            () => (cancelled += 1),
            (error: unknown) => refused.set(run.id, messageOf(error)),
          ),
        ),
      );
    }
  }
  // A run that has ended by itself meanwhile does not count as refused.
  return { cancelled, refused: wanted().map(({ id, state }) => ({ id, why: refused.get(id) ?? `it is ${state}` })) };
}

function canBe(refused: ReadonlyMap<string, string>): (run: Run) => boolean {
  // A release that people have approved can only be cancelled by its run id.
  return (run) => canCancel(run) && run.state !== 'releasing' && !refused.has(run.id);
}

/** Queued runs first, so that none of them starts in a slot that becomes free; of these the newest first, since no run waits behind it. */
function queuedFirst(a: Run, b: Run): number {
  const place = ({ state }: Run) => (state === 'queued' ? 0 : 1);
  return place(a) - place(b) || (a.createdAt < b.createdAt ? 1 : -1);
}

function inParts(runs: readonly Run[]): Run[][] {
  return Array.from({ length: Math.ceil(runs.length / atOnce) }, (_, part) => runs.slice(part * atOnce, (part + 1) * atOnce));
}
