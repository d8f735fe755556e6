import { trimEndSigns } from '../core/text/trim.ts';

/** A missing key. It may be tested and replaced, and is an error if it reaches the text. */
export class Missing {
  /** As written in the template: `.Image.Tag`. */
  readonly path: string;
  readonly at: number;
  /** The keys that exist instead; not needed if the key is only tested. */
  readonly names: () => readonly string[];
  readonly name: string;
  /** Why it is missing, if the reason is not that a map lacks the key. */
  readonly why: string | undefined;

  constructor(missing: { path: string; name: string; at: number; names: () => readonly string[]; why?: string }) {
    this.path = missing.path;
    this.name = missing.name;
    this.at = missing.at;
    this.names = missing.names;
    this.why = missing.why;
  }
}

export type ValueMap = Readonly<Record<string, unknown>>;

export function isMap(value: unknown): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Missing) && !(value instanceof Date);
}

/** Truthiness in a template: everything except missing, null, false, 0, and an empty string, list or map. */
export function isTrue(value: unknown): boolean {
  if (value instanceof Missing || value === null || value === undefined) return false;
  if (Array.isArray(value)) return value.length > 0;
  return isMap(value) ? Object.keys(value).length > 0 : Boolean(value);
}

/** The kind of a value with an article, for messages. */
export function kindOf(value: unknown): string {
  if (value instanceof Missing) return 'nothing';
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a time';
  const kinds: Readonly<Record<string, string>> = { string: 'a text', number: 'a number', boolean: 'true or false', object: 'a map' };
  return kinds[typeof value] ?? `a ${typeof value}`;
}

/** A value as formatted by the verb %v of Go's fmt. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  if (value === null || value === undefined) return '<nil>';
  if (value instanceof Date) return timeText(value);
  if (Array.isArray(value)) return `[${value.map(toText).join(' ')}]`;
  if (isMap(value))
    return `map[${sortedKeys(value)
      .map((key) => `${key}:${toText(value[key])}`)
      .join(' ')}]`;
  return String(value);
}

export function sortedKeys(map: ValueMap): string[] {
  return Object.keys(map).sort();
}

/** Like %v: the shortest form, with an exponent below 1e-4 and from 1e21 on. */
function numberText(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e21) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

/** Like time.Time.String for a time in UTC: `2020-11-18 10:11:12.5 +0000 UTC`. */
function timeText(time: Date): string {
  const [day, clock = ''] = time.toISOString().split('T');
  return `${day} ${trimEndSigns(trimEndSigns(clock, '0Z'), '.')} +0000 UTC`;
}

/** Characters that %q escapes. */
const strange = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|["\\]/gu;
const named: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

/** A text in double quotes as formatted by the verb %q of Go's fmt; YAML reads it back unchanged. */
export function quoted(text: string): string {
  return `"${text.replace(strange, quotedCharacter)}"`;
}

function quotedCharacter(char: string): string {
  const short = named[char];
  if (short) return short;
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}
