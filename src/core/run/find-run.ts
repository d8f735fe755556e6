import type { Posted } from '../chat.ts';
import { UserError } from '../errors.ts';
import { nearest } from '../text/nearest.ts';
import { quoted } from '../text/quoted.ts';
import type { Run } from './run.ts';
import { idParts, numberOf } from './run-id.ts';

/** The runs that are remembered, as people ask for them. */
export interface KnownRuns {
  all(): readonly Run[];
  get(id: string): Run | undefined;
}

/** There is no such run, or no longer. */
export class NoSuchRun extends UserError {
  readonly id: string;
  constructor(id: string, message: string) {
    super(message);
    this.id = id;
  }
}

/**
 * The run that a word means: its id, its number with the name of its repository before it, or its number alone (`#142` or `142`) where only one
 * run has it; in upper or lower case.
 */
export function runOf(runs: KnownRuns, word: string): Run | undefined {
  const found = runs.get(word);
  if (found) return found;
  const alike = alikeTo(runs, word);
  return alike.length === 1 ? alike[0] : undefined;
}

/** @throws NoSuchRun that says that it is forgotten, or names the runs that may be meant, those most like it, or the newest ones */
export function findRun(runs: KnownRuns, word: string): Run {
  const found = runOf(runs, word);
  if (found) return found;
  const alike = alikeTo(runs, word).map(({ id }) => `\`${id}\``);
  if (alike.length > 1) throw new NoSuchRun(word, `Which run? ${quoted(word)} may be ${alike.join(' or ')}.`);
  if (isForgotten(runs, word)) throw new NoSuchRun(word, forgotten(word));
  const newest = newestFirst(runs.all()).map((run) => run.id);
  throw new NoSuchRun(word, `There is no run ${quoted(word)}. ${others(word, newest)}`);
}

/** Whether the word is written as runs are, whether or not there is one: nothing else was meant by it. */
export function isRunWord(word: string): boolean {
  return /^#?\d+$|-\d+$/.test(word);
}

function alikeTo(runs: KnownRuns, word: string): Run[] {
  const wanted = wantedBy(word);
  return wanted ? ofThose(runs, wanted.of).filter(({ id }) => numberOf(id) === wanted.number) : [];
}

/** The runs of the repository of that short name or, where no run has that, of that name: what one is called for short another one may be called in full. */
function ofThose(runs: KnownRuns, of: string | undefined): readonly Run[] {
  if (of === undefined) return runs.all();
  const called = runs.all().filter(({ id }) => idParts(id)?.short.toLowerCase() === of);
  return called.length > 0 ? called : runs.all().filter(({ repository }) => repository.toLowerCase() === of);
}

/** What a word says of a run: its number and, in lower case, what stands before it. */
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

/** What is said of a run that was there once. */
export function forgotten(id: string): string {
  return (
    `${quoted(id)} and its logs have been deleted: of the runs that have ended, only the newest are kept (\`keep.runs\` in the configuration). ` +
    '`runs` lists them.'
  );
}

/** Numbers are given once and in order: a smaller one than that of a run has been there. */
function isForgotten(runs: KnownRuns, word: string): boolean {
  const wanted = wantedBy(word);
  return wanted?.of !== undefined && ofThose(runs, wanted.of).some(({ id }) => numberOf(id) > wanted.number);
}

/** The run whose message stands there. */
export function runAt(runs: Pick<KnownRuns, 'all'>, { channel, ts }: Posted): Run | undefined {
  return runs.all().find(({ delivery: { message } }) => message?.state === 'posted' && message.channel === channel && message.ts === ts);
}

export function newestFirst(runs: readonly Run[]): Run[] {
  return runs.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
}
