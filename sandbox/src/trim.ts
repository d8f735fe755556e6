/** Without the signs of a set at both ends: expressions such as `/x+$/` take quadratic time. */
export function trimSigns(text: string, signs: string): string {
  let [start, end] = [0, text.length];
  while (start < end && signs.includes(text.charAt(start))) start++;
  while (end > start && signs.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
