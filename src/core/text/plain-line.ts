import { cut } from './cut.ts';

/** Most characters of a line that a stranger chose. */
export const longestLine = 1000;

/** One line of at most 1,000 characters without control characters, for words that strangers chose, as those of a commit. */
export function plainLine(text: string, most: number = longestLine): string {
  const line = text
    .slice(0, 4 * longestLine)
    .toWellFormed()
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return cut(line, most);
}
