import { cut } from './cut.ts';

const longest = 1_000;

/** One line of at most 1,000 characters without control characters, for words that strangers chose, as those of a commit. */
export function plainLine(text: string, most: number = longest): string {
  const line = text
    .slice(0, 4 * longest)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return cut(line, most);
}
