import type { RunBook } from './run-book.ts';

/**
 * Records in a run what an external service refused permanently, so that it is reported once, and not retried after a restart.
 * @param what identifies it in the run: `status`, `cleanup` …
 */
export async function noteRefusal(book: RunBook, id: string, what: string, why: string): Promise<void> {
  await book.change(id, (run) => (run.refusals?.[what] === why ? run : { ...run, refusals: { ...run.refusals, [what]: why } }));
}

/** It was accepted after all. */
export async function forgetRefusal(book: RunBook, id: string, what: string): Promise<void> {
  if (book.get(id)?.refusals?.[what] === undefined) return;
  await book.change(id, ({ refusals = {}, ...run }) => {
    const { [what]: _past, ...rest } = refusals;
    return Object.keys(rest).length === 0 ? run : { ...run, refusals: rest };
  });
}
