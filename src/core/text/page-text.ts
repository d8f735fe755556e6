import { plainLine } from './plain-line.ts';

/** Longer pages are not read further. */
const most = 20_000;
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };

/**
 * What a server wrote, as words for a sentence: of a page its title, or its text without markup; any other text as it is. One line of at
 * most `longest` characters; empty if there are no words.
 */
export function wordsOf(body: string, longest: number): string {
  const text = body.slice(0, most);
  if (!/^\s*<[!?a-z]/i.test(text)) return plainLine(text, longest);
  const title = between(text, '<title', '</title');
  return plainLine(decoded(title.trim() === '' ? withoutMarkup(text) : title), longest);
}

/** What stands between a start tag, which may have attributes, and an end tag; empty if there is no such element. */
function between(text: string, start: string, end: string): string {
  const small = text.toLowerCase();
  const open = small.indexOf('>', Math.max(0, small.indexOf(start)));
  const close = small.indexOf(end, open);
  return small.includes(start) && open >= 0 && close >= 0 ? text.slice(open + 1, close) : '';
}

function withoutMarkup(text: string): string {
  const parts = text.split('<').map((part, index) => {
    const name = part.slice(0, 7).toLowerCase();
    // Code is no text for people.
    if (name.startsWith('script') || name.startsWith('style') || part.startsWith('!--')) return '';
    return index === 0 ? part : part.slice(part.indexOf('>') + 1);
  });
  return parts.join(' ');
}

function decoded(text: string): string {
  return text.replace(/&([a-z]{2,4}|#39);/g, (whole, name: string) => (Object.hasOwn(entities, name) ? (entities[name] ?? whole) : whole));
}
