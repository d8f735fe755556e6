const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** A grapheme may be longer, if somebody has piled up combining marks; then it is split. */
const longestGrapheme = 64;

/**
 * At most `most` UTF-16 units of a text, with `end` appended if it was truncated. It is cut between graphemes; a
 * surrogate pair is never split.
 */
export function cut(text: string, most: number, end = '…'): string {
  if (text.length <= most) return text;
  return text.slice(0, boundary(text, most - end.length)) + end.slice(0, Math.max(0, most));
}

/** At most `most` UTF-16 units of a sentence: its middle is left out, because its beginning says what happened and its end what to do. */
export function cutMiddle(text: string, most: number, gap = ' … '): string {
  if (text.length <= most) return text;
  const room = Math.max(0, most - gap.length);
  const head = Math.floor(room / 3);
  let start = text.length - (room - head);
  while (start < text.length && boundary(text, start) !== start) start++;
  return `${text.slice(0, boundary(text, head)).trimEnd()}${gap}${text.slice(start).trimStart()}`.toWellFormed();
}

/** At most `most` code points. */
export function cutPoints(text: string, most: number, end = '…'): string {
  return cutBy(text, most, (part) => [...part].length, end);
}

/** The same for another measure of length. `sizeOf` must not decrease as a text gets longer. */
export function cutBy(text: string, most: number, sizeOf: (text: string) => number, end = '…'): string {
  if (sizeOf(text) <= most) return text;
  let [fits, tooLong] = [0, text.length];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (sizeOf(text.slice(0, middle) + end) <= most) fits = middle;
    else tooLong = middle;
  }
  return text.slice(0, boundary(text, fits)) + end;
}

/** The largest index up to `at` that lies between two graphemes. */
function boundary(text: string, at: number): number {
  if (at <= 0) return 0;
  const { index = 0 } = graphemes.segment(text.slice(0, at + longestGrapheme)).containing(at) ?? {};
  if (at - index <= longestGrapheme) return index;
  return /[\ud800-\udbff]/.test(text.charAt(at - 1)) && /[\udc00-\udfff]/.test(text.charAt(at)) ? at - 1 : at;
}
