import { cut } from './cut.ts';

/** Maximum length of a line of untrusted text. */
export const longestLine = 1000;

/** One line of at most 1,000 characters without control characters, for untrusted text such as commit messages. */
export function plainLine(text: string, most: number = longestLine): string {
  const line = text
    .slice(0, 4 * longestLine)
    .toWellFormed()
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return cut(line, most);
}
