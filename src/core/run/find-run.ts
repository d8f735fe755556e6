import type { Posted } from '../chat.ts';
import { UserError } from '../errors.ts';
import { nearest } from '../text/nearest.ts';
import { quoted } from '../text/quoted.ts';
import type { Run } from './run.ts';
import { idParts } from './run-id.ts';

/** The runs that are remembered, as people ask for them. */
export interface KnownRuns {
  all(): readonly Run[];
  find(id: string): Run | undefined;
}

/** There is no such run, or no longer. */
export class NoSuchRun extends UserError {
  readonly id: string;
  constructor(id: string, message: string) {
    super(message);
    this.id = id;
  }
}

/** The run of that id. @throws NoSuchRun that says that it is forgotten, or names the ids most like it, or the newest ones */
export function findRun(runs: KnownRuns, id: string): Run {
  const found = runs.find(id);
  if (found) return found;
  const newest = newestFirst(runs.all()).map((run) => run.id);
  const wanted = idParts(id);
  if (wanted && newest.some((one) => isLater(one, wanted))) throw new NoSuchRun(id, forgotten(id));
  throw new NoSuchRun(id, `There is no run ${quoted(id)}. ${others(id, newest)}`);
}

function others(id: string, newest: readonly string[]): string {
  const like = nearest(id, newest);
  if (like.length > 0) return `Did you mean ${like.map((one) => `\`${one}\``).join(', ')}?`;
  const some = newest.slice(0, 3).map((one) => `\`${one}\``);
  return some.length > 0 ? `The newest are ${some.join(', ')}.` : 'There have been no runs yet.';
}

/** What is said of a run that was there once. */
export function forgotten(id: string): string {
  return (
    `${quoted(id)} and its logs have been deleted: of the runs that have ended, only the newest are kept (\`keep.runs\` in the configuration). ` +
    '`runs` lists them.'
  );
}

/** Numbers are given once and in order: a smaller one than that of a run has been there. */
function isLater(known: string, wanted: { readonly short: string; readonly number: number }): boolean {
  const parts = idParts(known);
  return parts?.short === wanted.short && parts.number > wanted.number;
}

/** The run whose message stands there. */
export function runAt(runs: Pick<KnownRuns, 'all'>, { channel, ts }: Posted): Run | undefined {
  return runs.all().find(({ delivery: { message } }) => message?.state === 'posted' && message.channel === channel && message.ts === ts);
}

export function newestFirst(runs: readonly Run[]): Run[] {
  return runs.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
}
