import { UserError } from '../errors.ts';
import { didYouMean } from '../text/nearest.ts';
import { quoted } from '../text/quoted.ts';

/** A repository, as people call it. */
export interface Named {
  readonly name: string;
  /** First part of its run ids. */
  readonly short?: string;
}

/**
 * The repository that a word means: its name or its short name, in upper or lower case. No mere beginning of a name does: it would mean another
 * one as soon as a repository is added, and `freeze an incident` would freeze `android`.
 */
export function repositoryOf<T extends Named>(all: readonly T[], word: string): T | undefined {
  const found = all.find(({ name }) => name === word) ?? all.find(({ short }) => short === word);
  if (found) return found;
  const wanted = word.toLowerCase();
  const alike = all.filter(({ name, short }) => name.toLowerCase() === wanted || short?.toLowerCase() === wanted);
  return alike.length === 1 ? alike[0] : undefined;
}

/** @throws UserError that names the repository most like the word, and all that there are */
export function findRepository<T extends Named>(all: readonly T[], word: string): T {
  const found = repositoryOf(all, word);
  if (found) return found;
  throw new UserError(`There is no repository ${quoted(word)}.${nearestRepository(all, word)} ${listed(all)}`);
}

/** ` Did you mean …?`, or nothing where no name is like the word. */
export function nearestRepository(all: readonly Named[], word: string): string {
  return didYouMean(
    word,
    all.flatMap(({ name, short = name }) => [name, short]),
  );
}

/** `Configured: …` */
export function listed(all: readonly Named[]): string {
  return `Configured: ${all.map(({ name }) => `\`${name}\``).join(', ')}.`;
}
