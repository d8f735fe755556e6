const quotes: Readonly<Record<string, string>> = { '"': '"', "'": "'", '“': '”', '‘': '’', '«': '»' };

/** What was typed, as words. A quotation mark at the start of a word keeps what follows together up to its partner; phones type curly ones. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const [word, after] = firstWord(rest);
    words.push(word);
    rest = after.trimStart();
  }
  return words;
}

function firstWord(text: string): [word: string, rest: string] {
  const closing = quotes[text.charAt(0)];
  const end = closing === undefined ? -1 : text.indexOf(closing, 1);
  if (end > 0) return [text.slice(1, end), text.slice(end + 1)];
  const space = text.search(/\s/);
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space)];
}
