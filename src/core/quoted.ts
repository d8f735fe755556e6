const longest = 60;

/** What a person typed, as inline code in a sentence: one line of at most 60 characters, and no backtick that would end the code. */
export function quoted(typed: string): string {
  const line = typed
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .replaceAll('`', "'");
  const characters = [...line];
  return `\`${characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : line || ' '}\``;
}
