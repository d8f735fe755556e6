import { UserError } from './errors.ts';
import { nearest } from './nearest.ts';
import { quoted } from './quoted.ts';
import type { Run } from './run.ts';

/** The runs that are remembered, as people ask for them. */
export interface KnownRuns {
  all(): readonly Run[];
  find(id: string): Run | undefined;
}

/** The run of that id. @throws UserError that names the ids most like it, or the newest ones */
export function findRun(runs: KnownRuns, id: string): Run {
  const found = runs.find(id);
  if (found) return found;
  const newest = newestFirst(runs.all()).map((run) => run.id);
  const like = nearest(id, newest);
  if (like.length > 0) throw new UserError(`There is no run ${quoted(id)}. Did you mean ${like.map((one) => `\`${one}\``).join(', ')}?`);
  const some = newest.slice(0, 3).map((one) => `\`${one}\``);
  throw new UserError(
    `There is no run ${quoted(id)}. ${some.length > 0 ? `The newest are ${some.join(', ')}.` : 'There has been none yet.'}`,
  );
}

export function newestFirst(runs: readonly Run[]): Run[] {
  return runs.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
}
