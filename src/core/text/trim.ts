/** Without the signs of a set at both ends. `signs`: each character of it counts. Expressions such as `/x+$/` take quadratic time. */
export function trimSigns(text: string, signs: string): string {
  let start = 0;
  while (start < text.length && signs.includes(text.charAt(start))) start++;
  return trimEndSigns(text.slice(start), signs);
}

/** The same at the end alone. */
export function trimEndSigns(text: string, signs: string): string {
  let end = text.length;
  while (end > 0 && signs.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** What stands before the first place of a mark; the whole text where there is none. */
export function before(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at < 0 ? text : text.slice(0, at);
}
