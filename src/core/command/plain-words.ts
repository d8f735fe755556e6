import { before, trimEndSigns, trimSigns } from '../text/trim.ts';
import { quotes } from './tokenize.ts';

/** Marks of Slack around a text: code, bold, italics, strike. The longest first. */
const marks = ['```', '``', '`', '*', '_', '~'] as const;
/** Pairs around a single word. */
const pairs: readonly (readonly [opening: string, closing: string])[] = [...marks.map((mark) => [mark, mark] as const), ...quotes];
/** What a block of code says of itself, in its first line. */
const fences = ['sh', 'bash', 'shell', 'console', 'text', 'txt'].map((language) => `\`\`\`${language}\n`);
/** Signs that no command begins or ends with. */
const aroundCommands = '`*_~"\'“”„‘’«».,:;!?…()[]<>|';

/** What the bot is called before what is said to it, as its own messages write it. */
const names = new Set(['/cox', '@coxswain', '@cox', 'coxswain', 'cox']);

/** A name has fewer characters: the longest are branches, of which a file name holds 255 bytes a part. */
const longestWord = 500;

/** What can be said at once, without the marks and the name of the bot that come with it where it was copied or where somebody is addressed. */
export function withoutAddress(said: string): string {
  let text = said.trim();
  const fence = fences.find((one) => text.startsWith(one));
  if (fence !== undefined) text = marks[0] + text.slice(fence.length);
  // Each round takes one layer off; nobody wraps a text more often.
  for (let round = 0; round < 8; round++) {
    const last = text;
    text = unwrapped(text);
    if (text === last) text = withoutName(text);
    if (text === last) break;
  }
  return text;
}

/** The first word, where it is the bot's name, a prompt or marks alone, is no part of what is said: `@coxswain: status`, `@coxswain:status`. */
function withoutName(text: string): string {
  const first = /^\S{1,64}(?=\s|$)/.exec(text)?.[0];
  if (first === undefined) return text;
  const name = bare(first).toLowerCase();
  const isNoPart = name === '' || name === '$' || names.has(name);
  if (isNoPart) return text.slice(first.length).trimStart();
  const address = before(before(first, ':'), ',');
  return names.has(bare(address).toLowerCase()) ? text.slice(address.length + 1).trimStart() : text;
}

/** Without a pair of marks that begins before the first word and ends behind a later one. */
function unwrapped(text: string): string {
  const mark = marks.find((one) => text.startsWith(one));
  const first = text.slice(0, 64).split(/\s/, 1)[0] ?? '';
  if (mark !== undefined) {
    if (first === text && text.endsWith(mark) && text.length > 2 * mark.length) return text.slice(mark.length, -mark.length);
    const isOpen = first === mark || first.indexOf(mark, mark.length) < 0;
    return isOpen ? withoutPartner(text.slice(mark.length).trimStart(), mark) : text;
  }
  const closing = pairs.find(([opening]) => text.startsWith(opening))?.[1];
  return closing !== undefined && text.length > 2 && text.indexOf(closing, 1) === text.length - 1 ? text.slice(1, -1).trim() : text;
}

/** Without the mark that closes what was opened before the text: the first that ends a word, else the last character. */
function withoutPartner(text: string, mark: string): string {
  const at = text.indexOf(mark);
  if (at < 0) return text;
  const closes = !/\s/.test(text.charAt(at - 1)) && /^(?:[\s.,:;!?]|$)/.test(text.slice(at + mark.length, at + mark.length + 1));
  if (closes || text.slice(0, at).trim() === '') return text.slice(0, at) + text.slice(at + mark.length);
  return text.endsWith(mark) ? text.slice(0, -mark.length).trimEnd() : text;
}

/** A word without the marks, colons and commas around it. */
function bare(word: string): string {
  return word.replaceAll(/[\p{Cf}`*_~"'“”„‘’«».,:;!?…>•–—-]/gu, '');
}

/**
 * A word as it is meant, where it names something: without the marks around it, characters that nobody sees, and the colon or comma behind it.
 * @param slot what the usage of the command calls it, `<run>`: in a pattern stars are meant, and in names of ours a dash is a hyphen
 */
export function plainWord(word: string, slot = ''): string {
  let plain = word.slice(0, longestWord).replaceAll(/\p{Cf}/gu, '');
  for (let round = 0; round < 8; round++) {
    const last = plain;
    plain = slot === '' ? trimSigns(plain, aroundCommands) || plain : withoutEndMarks(withoutPair(plain, slot), slot);
    if (plain === last) break;
  }
  const flag = plain.replace(/^[–—](?=\w)/, '--');
  return /branch|pattern/.test(slot) ? flag : flag.replaceAll(/[‐‑‒–—−]/g, '-');
}

function withoutPair(word: string, slot: string): string {
  if (word.length > 1 && (word.startsWith('`') || word.endsWith('`'))) return trimSigns(word, '`') || word;
  const [opening = '', closing = ''] = pairs.find(([a, b]) => word.startsWith(a) && word.endsWith(b)) ?? [];
  const isMeant = slot.includes('pattern') && opening === '*';
  return opening === '' || isMeant || word.length <= opening.length + closing.length ? word : word.slice(opening.length, -closing.length);
}

/** No branch ends with one of these, and a pattern may with a question mark. */
function withoutEndMarks(word: string, slot: string): string {
  return trimEndSigns(word, slot.includes('pattern') ? '.,:' : '.,:?') || word;
}
