/** Without the given characters at both ends. `signs`: a set of characters. Regular expressions such as `/x+$/` take quadratic time. */
export function trimSigns(text: string, signs: string): string {
  let start = 0;
  while (start < text.length && signs.includes(text.charAt(start))) start++;
  return trimEndSigns(text.slice(start), signs);
}

/** The same at the end only. */
export function trimEndSigns(text: string, signs: string): string {
  let end = text.length;
  while (end > 0 && signs.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** What precedes the first occurrence of a mark; the whole text if there is none. */
export function before(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at < 0 ? text : text.slice(0, at);
}
