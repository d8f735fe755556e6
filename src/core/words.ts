/** Start and end of a text, which nobody types: what is between them is one word, whatever it holds. */
const [start, end] = ['\u0002', '\u0003'];
const quotes: Readonly<Record<string, string>> = { '"': '"', "'": "'", '“': '”', '‘': '’', '«': '»', [start]: end };

/** A text as one word of a command, line ends and quotation marks in it included. */
export function asWord(text: string): string {
  return start + text.replaceAll(start, ' ').replaceAll(end, ' ') + end;
}

/** What was typed, as words. A quotation mark at the start of a word keeps what follows together up to its partner; phones type curly ones. */
export function wordsOf(text: string): string[] {
  return parts(text).map(({ word }) => word);
}

/** The last words of what was typed, with the line ends and quotation marks that are in it; of one word, that word. */
export function lastWords(text: string, count: number): string {
  const from = parts(text).at(-count);
  if (count <= 0 || !from) return '';
  return count === 1 ? from.word : from.rest.trimEnd();
}

/** Each word, and the text that begins with it. */
function parts(text: string): { word: string; rest: string }[] {
  const found: { word: string; rest: string }[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const [word, after] = firstWord(rest);
    found.push({ word, rest });
    rest = after.trimStart();
  }
  return found;
}

function firstWord(text: string): [word: string, rest: string] {
  const closing = quotes[text.charAt(0)];
  const at = closing === undefined ? -1 : text.indexOf(closing, 1);
  if (at > 0) return [text.slice(1, at), text.slice(at + 1)];
  const space = text.search(/\s/);
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space)];
}
