import type { Token } from './syntax.ts';
import { Complaint, shown } from './template-error.ts';

type Literal = Omit<Token, 'spaced'>;

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/** `\x41` and `\101` are bytes of UTF-8, `\u00e4` and `\U0001f600` characters. */
const numericEscape = /x([\da-fA-F]{2})|([0-7]{3})|u([\da-fA-F]{4})|U([\da-fA-F]{8})/y;

/** A string in double quotes, with the escapes of the Go language specification. */
export function lexQuoted(text: string, at: number): Literal {
  let value = '';
  let bytes: number[] = [];
  let next = at + 1;
  const flush = () => {
    if (bytes.length > 0) value += Buffer.from(bytes).toString('utf8');
    bytes = [];
  };
  for (;;) {
    const char = text[next];
    if (char === undefined || char === '\n') throw new Complaint(at, 'this string is not closed: its closing " is missing on this line');
    if (char === '\\') {
      const character = readEscape(text, next);
      next += character.length;
      if (typeof character.value === 'number') {
        bytes.push(character.value);
        continue;
      }
      flush();
      value += character.value;
      continue;
    }
    flush();
    next++;
    if (char === '"') return { kind: 'string', at, text: text.slice(at, next), value };
    value += char;
  }
}

/** `value` is a number for a byte, a string for a character. */
function readEscape(text: string, at: number): { value: string | number; length: number } {
  const simple = simpleEscapes[text[at + 1] ?? ''];
  if (simple !== undefined) return { value: simple, length: 2 };
  numericEscape.lastIndex = at + 1;
  const found = numericEscape.exec(text);
  if (!found) throw new Complaint(at, `unknown escape ${JSON.stringify(text.slice(at, at + 2))}: write \\\\ for a backslash`);
  const length = found[0].length + 1;
  const byte = found[1] ? Number.parseInt(found[1], 16) : found[2] ? Number.parseInt(found[2], 8) : undefined;
  if (byte !== undefined) {
    if (byte > 255) throw new Complaint(at, `${text.slice(at, at + length)} is more than fits into a byte`);
    return { value: byte, length };
  }
  const code = Number.parseInt(found[3] ?? found[4] ?? '', 16);
  const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  if (!isCharacter) throw new Complaint(at, `${text.slice(at, at + length)} is not a character`);
  return { value: String.fromCodePoint(code), length };
}

/** A string in backquotes: it has no escapes; carriage returns are dropped as in Go. */
export function lexRaw(text: string, at: number): Literal {
  const close = text.indexOf('`', at + 1);
  if (close < 0) throw new Complaint(at, 'this string is not closed: its closing ` is missing');
  return { kind: 'string', at, text: text.slice(at, close + 1), value: text.slice(at + 1, close).replaceAll('\r', '') };
}

const numberText = /[+-]?[\p{L}\p{Nd}_.]+(?:(?<=[eE])[+-]\d+)?/uy;
const integer = /^[+-]?(?:0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9]\d*|0)$/;
const decimal = /^[+-]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?$/;

/** An integer or decimal number, with the prefixes and underscores of Go. */
export function lexNumber(text: string, at: number): Literal {
  numberText.lastIndex = at;
  const found = numberText.exec(text)?.[0] ?? '';
  const plain = found.replaceAll(/(?<=[\dA-Fa-fxXbBoO])_(?=[\dA-Fa-f])/g, '');
  const value = integer.test(plain) ? wholeNumber(plain) : decimal.test(plain) && !/^[+-]?0\d/.test(plain) ? Number(plain) : Number.NaN;
  if (Number.isNaN(value)) throw new Complaint(at, `${shown(found)} is not a number; a text goes in double quotes`);
  const exact = Number.isFinite(value) && (!integer.test(plain) || Number.isSafeInteger(value));
  if (!exact) throw new Complaint(at, `${shown(found)} is too large for a number; write it as a text in double quotes`);
  return { kind: 'number', at, text: found, value };
}

function wholeNumber(plain: string): number {
  const negative = plain.startsWith('-');
  const digits = plain.replace(/^[+-]/, '').replace(/^0(?=[0-7])/, '0o');
  return negative ? -Number(digits) : Number(digits);
}
