const longest = 1_000;

/** One line of at most 1,000 characters without control characters, for words that strangers chose, as those of a commit. */
export function plainLine(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, longest);
}
