import { before, trimEndSigns, trimSigns } from '../text/trim.ts';
import { quotes } from './tokenize.ts';

/** Slack's formatting marks: code, bold, italics, strikethrough. Longest first. */
const marks = ['```', '``', '`', '*', '_', '~'] as const;
/** Pairs that may surround a single word. */
const pairs: readonly (readonly [opening: string, closing: string])[] = [...marks.map((mark) => [mark, mark] as const), ...quotes];
/** Language tags on the first line of a code block. */
const fences = ['sh', 'bash', 'shell', 'console', 'text', 'txt'].map((language) => `\`\`\`${language}\n`);
/** Characters that no command begins or ends with. */
const aroundCommands = '`*_~"\'“”„‘’«».,:;!?…()[]<>|';

/** How users address the bot, as its own messages write it. */
const names = new Set(['/cox', '@coxswain', '@cox', 'coxswain', 'cox']);

/** Names are shorter: the longest are branches, each part of which is limited to 255 bytes as a file name. */
const longestWord = 500;

/** The request text without the formatting and the bot's name that come with copied or addressed text. */
export function withoutAddress(typed: string): string {
  let text = typed.trim();
  const fence = fences.find((one) => text.startsWith(one));
  if (fence !== undefined) text = marks[0] + text.slice(fence.length);
  // Each round removes one layer; nobody nests more deeply.
  for (let round = 0; round < 8; round++) {
    const last = text;
    text = unwrapped(text);
    if (text === last) text = withoutName(text);
    if (text === last) break;
  }
  return text;
}

/** The first word is dropped if it is the bot's name, a prompt or only formatting marks: `@coxswain: status`, `@coxswain:status`. */
function withoutName(text: string): string {
  const first = /^\S{1,64}(?=\s|$)/.exec(text)?.[0];
  if (first === undefined) return text;
  const name = bare(first).toLowerCase();
  const isNoPart = name === '' || name === '$' || names.has(name);
  if (isNoPart) return text.slice(first.length).trimStart();
  const address = before(before(first, ':'), ',');
  return names.has(bare(address).toLowerCase()) ? text.slice(address.length + 1).trimStart() : text;
}

/** Without a pair of marks that opens before the first word and closes after a later one. */
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

/** Without the mark that closes one opened before the text: the first that ends a word, else the last character. */
function withoutPartner(text: string, mark: string): string {
  const at = text.indexOf(mark);
  if (at < 0) return text;
  const closes = !/\s/.test(text.charAt(at - 1)) && /^(?:[\s.,:;!?]|$)/.test(text.slice(at + mark.length, at + mark.length + 1));
  if (closes || text.slice(0, at).trim() === '') return text.slice(0, at) + text.slice(at + mark.length);
  return text.endsWith(mark) ? text.slice(0, -mark.length).trimEnd() : text;
}

/** A word without the formatting marks and punctuation around or in it. */
function bare(word: string): string {
  return word.replaceAll(/[\p{Cf}`*_~"'“”„‘’«».,:;!?…>•–—-]/gu, '');
}

/**
 * A name as it was meant: without the formatting around it, invisible characters, and a trailing colon or comma.
 * @param slot its placeholder in the command's usage, `<run>`: in a pattern stars are meant, and in our own names a dash is a hyphen
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

/** No branch name ends with one of these; a pattern may end with a question mark. */
function withoutEndMarks(word: string, slot: string): string {
  return trimEndSigns(word, slot.includes('pattern') ? '.,:' : '.,:?') || word;
}
