import type { RunBook } from '../../core/run/run-book.ts';

export const lookEveryMs = 60_000;

/** A look at what a run would release. */
interface Look {
  /** In ms since the epoch. */
  readonly at: number;
  readonly said: readonly string[];
}

export interface CheckDeps {
  readonly book: RunBook;
  readonly now: () => Date;
  readonly log: (message: string) => void;
}

/** Kept in memory only: after a start every run is looked at. */
const looks = new WeakMap<RunBook, Map<string, Look>>();

/**
 * Looks at a run, at most once a minute however often it is called. What was logged at the look before is not logged again.
 * @param since when it was looked at in another way, in ms since the epoch
 * @returns milliseconds until the next look
 */
export async function onceAMinute(
  deps: CheckDeps,
  id: string,
  since: number,
  look: (log: CheckDeps['log']) => Promise<void>,
): Promise<number> {
  const known = looks.get(deps.book) ?? new Map<string, Look>();
  looks.set(deps.book, known);
  const before = known.get(id);
  const now = deps.now().getTime();
  const wait = Math.max(since, before?.at ?? 0) + lookEveryMs - now;
  // A clock that was set back is no reason to wait longer.
  if (wait > 0 && wait <= lookEveryMs) return wait;
  const said: string[] = [];
  known.set(id, { at: now, said });
  for (const [other, { at }] of known) if (Math.abs(now - at) > 10 * lookEveryMs) known.delete(other);
  await look((message) => {
    said.push(message);
    if (!before?.said.includes(message)) deps.log(message);
  });
  return lookEveryMs;
}
