/** Start and end of a text, which nobody types: what is between them is one word, whatever it holds. */
const [start, end] = ['\u0002', '\u0003'];

/** Quotation marks that people type, as languages pair them. */
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
  /** It stood in quotation marks: its characters are meant as they are. */
  readonly isQuoted: boolean;
  /** Where it begins, its quotation mark included. */
  readonly at: number;
}

/** A text as one word of a command, line ends and quotation marks in it included. */
export function asWord(text: string): string {
  return start + text.replaceAll(start, ' ').replaceAll(end, ' ') + end;
}

/**
 * What was typed, as words. A quotation mark at the start of a word keeps what follows together up to its partner; phones type curly ones.
 * Takes time in proportion to the length of the text.
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

/** The last words of what was typed, with the line ends and quotation marks that are in it; of one word, that word. */
export function lastWords(text: string, count: number): string {
  const from = tokenize(text).at(-count);
  if (count <= 0 || !from) return '';
  return count === 1 ? from.text : text.slice(from.at).trimEnd();
}

/** Whether a closing mark stands somewhere behind a place. Each mark is looked for once, however often there is none. */
function partners(text: string): (closing: string, at: number) => boolean {
  const last = new Map<string, number>();
  return (closing, at) => {
    const known = last.get(closing) ?? text.lastIndexOf(closing);
    last.set(closing, known);
    return known > at;
  };
}

/** Behind the marks that end a phrase after a quotation: `"status",` */
function afterMarks(text: string, at: number): number {
  const after = next(/[^.,:;!?]/g, text, at);
  return after === text.length || /\s/.test(text.charAt(after)) ? after : at;
}

/** Where the next character of a kind stands; the length of the text where there is none. */
function next(kind: RegExp, text: string, from: number): number {
  kind.lastIndex = from;
  return kind.exec(text)?.index ?? text.length;
}
