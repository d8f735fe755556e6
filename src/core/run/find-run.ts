import type { Posted } from '../chat.ts';
import { UserError } from '../errors.ts';
import { nearest } from '../text/nearest.ts';
import { quoted } from '../text/quoted.ts';
import type { Run } from './run.ts';
import { idParts, numberOf } from './run-id.ts';

/** The runs still known, for lookup by users. */
export interface KnownRuns {
  all(): readonly Run[];
  get(id: string): Run | undefined;
}

/** There is no such run, or it was deleted. */
export class NoSuchRun extends UserError {
  readonly id: string;
  constructor(id: string, message: string) {
    super(message);
    this.id = id;
  }
}

/**
 * The run that a word refers to: its id, its number prefixed with its repository's name, or its number alone (`#142` or `142`) if only one
 * run has it; case-insensitively.
 */
export function runOf(runs: KnownRuns, word: string): Run | undefined {
  const found = runs.get(word);
  if (found) return found;
  const alike = alikeTo(runs, word);
  return alike.length === 1 ? alike[0] : undefined;
}

/** @throws NoSuchRun that says that it was deleted, or names the runs that may be meant, the most similar, or the newest ones */
export function findRun(runs: KnownRuns, word: string): Run {
  const found = runOf(runs, word);
  if (found) return found;
  const alike = alikeTo(runs, word).map(({ id }) => `\`${id}\``);
  if (alike.length > 1) throw new NoSuchRun(word, `Which run? ${quoted(word)} may be ${alike.join(' or ')}.`);
  if (isForgotten(runs, word)) throw new NoSuchRun(word, forgotten(word));
  const newest = newestFirst(runs.all()).map((run) => run.id);
  throw new NoSuchRun(word, `There is no run ${quoted(word)}. ${others(word, newest)}`);
}

/** Whether the word is written like a run id, whether or not such a run exists: nothing else was meant by it. */
export function isRunWord(word: string): boolean {
  return /^#?\d+$|-\d+$/.test(word);
}

function alikeTo(runs: KnownRuns, word: string): Run[] {
  const wanted = wantedBy(word);
  return wanted ? ofThose(runs, wanted.of).filter(({ id }) => numberOf(id) === wanted.number) : [];
}

/** The runs of the repository with that short name or, if there are none, with that name: one's short name may be another's full name. */
function ofThose(runs: KnownRuns, of: string | undefined): readonly Run[] {
  if (of === undefined) return runs.all();
  const called = runs.all().filter(({ id }) => idParts(id)?.short.toLowerCase() === of);
  return called.length > 0 ? called : runs.all().filter(({ repository }) => repository.toLowerCase() === of);
}

/** The parts of a word that refers to a run: its number and, in lower case, what precedes it. */
function wantedBy(word: string): { readonly of?: string; readonly number: number } | undefined {
  const [, alone] = /^#?([1-9]\d{0,14})$/.exec(word) ?? [];
  if (alone !== undefined) return { number: Number(alone) };
  const parts = idParts(word);
  return parts && { of: parts.short.toLowerCase(), number: parts.number };
}

function others(id: string, newest: readonly string[]): string {
  const like = nearest(id, newest);
  if (like.length > 0) return `Did you mean ${like.map((one) => `\`${one}\``).join(', ')}?`;
  const some = newest.slice(0, 3).map((one) => `\`${one}\``);
  return some.length > 0 ? `The newest are ${some.join(', ')}.` : 'There have been no runs yet.';
}

/** The message for a run that was deleted. */
export function forgotten(id: string): string {
  return (
    `${quoted(id)} and its logs have been deleted: of the runs that have ended, only the newest are kept (\`keep.runs\` in the configuration). ` +
    '`runs` lists them.'
  );
}

/** Numbers are assigned once and in order: a number smaller than an existing run's has been in use. */
function isForgotten(runs: KnownRuns, word: string): boolean {
  const wanted = wantedBy(word);
  return wanted?.of !== undefined && ofThose(runs, wanted.of).some(({ id }) => numberOf(id) > wanted.number);
}

/** The run whose message is at that position. */
export function runAt(runs: Pick<KnownRuns, 'all'>, { channel, ts }: Posted): Run | undefined {
  return runs.all().find(({ delivery: { message } }) => message?.state === 'posted' && message.channel === channel && message.ts === ts);
}

export function newestFirst(runs: readonly Run[]): Run[] {
  return runs.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
}
