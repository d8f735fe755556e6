import { lexNumber, lexQuoted, lexRaw } from './literals.ts';
import type { Token, TokenKind } from './syntax.ts';
import { Complaint } from './template-error.ts';

const word = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const space = /[ \t\r\n]+/y;
const numberStart = /[+-]?(?:\d|\.\d)/y;

/** Where an action or comment ends, and whether its right delimiter trims the text after it. */
export interface ActionEnd {
  readonly end: number;
  readonly trims: boolean;
}

/** Adds the tokens of one action from `open` and `inside` (after its left delimiter) to its right delimiter. */
export function lexAction(text: string, inside: number, open: number, tokens: Token[]): ActionEnd {
  tokens.push({ kind: 'open', at: open, text: '{{', spaced: false });
  let at = inside;
  let spaced = false;
  for (;;) {
    const gap = match(space, text, at);
    at += gap.length;
    spaced = gap !== '';
    if (at >= text.length) throw new Complaint(open, 'this action is not closed: }} is missing');
    const end = delimiterAt(text, at);
    if (end) {
      tokens.push({ kind: 'close', at, text: '}}', spaced });
      return end;
    }
    const token = lexToken(text, at, spaced);
    tokens.push(token);
    at += token.text.length;
  }
}

/** The right delimiter that begins at an offset, with or without trim marker. */
export function delimiterAt(text: string, at: number): ActionEnd | undefined {
  if (text.startsWith('}}', at)) return { end: at + 2, trims: false };
  if (text.startsWith('-}}', at) && match(space, text, at - 1) !== '') return { end: at + 3, trims: true };
  return undefined;
}

function lexToken(text: string, at: number, spaced: boolean): Token {
  const char = text[at] ?? '';
  const simple = (kind: TokenKind, length = 1): Token => ({ kind, at, text: text.slice(at, at + length), spaced });
  if (char === '"') return { ...lexQuoted(text, at), spaced };
  if (char === '`') return { ...lexRaw(text, at), spaced };
  if (char === "'") throw new Complaint(at, 'malformed character constant: strings go in double quotes ("…") or backquotes (`…`)');
  if (match(numberStart, text, at)) return { ...lexNumber(text, at), spaced };
  if (char === '(' || char === ')' || char === '|' || char === ',' || char === '=') return simple(char);
  if (text.startsWith(':=', at)) return simple(':=', 2);
  if (char === '$') return simple('variable', 1 + match(word, text, at + 1).length);
  if (char === '.') {
    const name = match(word, text, at + 1);
    return name ? simple('field', 1 + name.length) : simple('dot');
  }
  const name = match(word, text, at);
  if (name) return simple('word', name.length);
  const found = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const hint = found === '{' || found === '-' ? ' (a trim marker needs white space next to it; delimiters cannot be nested)' : '';
  throw new Complaint(at, `unexpected ${JSON.stringify(found)} in an action${hint}`);
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
