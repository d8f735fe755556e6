/** Start and end markers that cannot be typed: whatever is between them is one word. */
const [start, end] = ['\u0002', '\u0003'];

/** Quotation marks that people type, paired as languages pair them. */
export const quotes: readonly (readonly [opening: string, closing: string])[] = [
  ['"', '"'],
  ["'", "'"],
  ['“', '”'],
  ['”', '”'],
  ['„', '“'],
  ['„', '”'],
  ['‘', '’'],
  ['«', '»'],
  ['»', '«'],
];
const enclosing = [...quotes, [start, end] as const];

/** A word of what was typed. */
export interface Word {
  readonly text: string;
  /** It was in quotation marks: its characters are literal. */
  readonly isQuoted: boolean;
  /** Where it begins, including its quotation mark. */
  readonly at: number;
}

/** A text as one word of a command, including any line breaks and quotation marks. */
export function asWord(text: string): string {
  return start + text.replaceAll(start, ' ').replaceAll(end, ' ') + end;
}

/**
 * Splits typed text into words. A quotation mark at the start of a word groups everything up to its partner; phones type curly ones.
 * Takes time linear in the length of the text.
 */
export function tokenize(text: string): Word[] {
  const found: Word[] = [];
  const isClosed = partners(text);
  for (let at = next(/\S/g, text, 0); at < text.length; ) {
    const opening = text.charAt(at);
    const [, closing = ''] = enclosing.find((pair) => pair[0] === opening && isClosed(pair[1], at)) ?? [];
    const isQuoted = closing !== '';
    const until = isQuoted ? text.indexOf(closing, at + 1) : next(/\s/g, text, at);
    found.push({ text: text.slice(isQuoted ? at + 1 : at, until), isQuoted, at });
    at = next(/\S/g, text, isQuoted ? afterMarks(text, until + 1) : until);
  }
  return found;
}

/** The last words of what was typed, keeping their line breaks and quotation marks; of a single word, that word. */
export function lastWords(text: string, count: number): string {
  const from = tokenize(text).at(-count);
  if (count <= 0 || !from) return '';
  return count === 1 ? from.text : text.slice(from.at).trimEnd();
}

/** Whether a closing mark occurs somewhere after a position. Each mark is searched for only once, even if it is absent. */
function partners(text: string): (closing: string, at: number) => boolean {
  const last = new Map<string, number>();
  return (closing, at) => {
    const known = last.get(closing) ?? text.lastIndexOf(closing);
    last.set(closing, known);
    return known > at;
  };
}

/** After the punctuation that follows a quotation: `"status",` */
function afterMarks(text: string, at: number): number {
  const after = next(/[^.,:;!?]/g, text, at);
  return after === text.length || /\s/.test(text.charAt(after)) ? after : at;
}

/** Index of the next character that matches; the length of the text if there is none. */
function next(kind: RegExp, text: string, from: number): number {
  kind.lastIndex = from;
  return kind.exec(text)?.index ?? text.length;
}
