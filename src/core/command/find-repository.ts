import { UserError } from '../errors.ts';
import { didYouMean } from '../text/nearest.ts';
import { quoted } from '../text/quoted.ts';

/** A repository by the names that users use. */
export interface Named {
  readonly name: string;
  /** Prefix of its run ids. */
  readonly short?: string;
}

/**
 * The repository that a word refers to: by name or short name, case-insensitively. A prefix does not match: it would refer to another
 * repository as soon as one is added, and `freeze an incident` would freeze `android`.
 */
export function repositoryOf<T extends Named>(all: readonly T[], word: string): T | undefined {
  const found = all.find(({ name }) => name === word) ?? all.find(({ short }) => short === word);
  if (found) return found;
  const wanted = word.toLowerCase();
  const alike = all.filter(({ name, short }) => name.toLowerCase() === wanted || short?.toLowerCase() === wanted);
  return alike.length === 1 ? alike[0] : undefined;
}

/** @throws UserError that names the most similar repository and lists all of them */
export function findRepository<T extends Named>(all: readonly T[], word: string): T {
  const found = repositoryOf(all, word);
  if (found) return found;
  throw new UserError(`There is no repository ${quoted(word)}.${nearestRepository(all, word)} ${listed(all)}`);
}

/** ` Did you mean …?`, or the empty string if no name is similar. */
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
