import { checkLength, checkParts } from './budget.ts';
import { isMap, toText } from './values.ts';

/** A value as formatted by the verb %v of Go's fmt, after its characters were counted and spent. @throws Error if they are too many */
export function textOf(value: unknown, spend: (characters: number) => void): string {
  if (typeof value === 'string') return value;
  weigh(value, spend);
  return toText(value);
}

/** Counts and spends the characters that a value would have as text, before the text is created. @throws Error if they are too many */
export function weigh(value: unknown, spend: (characters: number) => void): void {
  const sum = { characters: 0, parts: 0 };
  add(value, sum);
  spend(sum.characters);
}

function add(value: unknown, sum: { characters: number; parts: number }): void {
  sum.characters += typeof value === 'string' ? value.length : 1;
  checkLength(sum.characters);
  if (typeof value !== 'object' || value === null) return;
  const inside = Array.isArray(value) ? value : isMap(value) ? Object.entries(value).flat() : [];
  sum.parts += inside.length;
  checkParts(sum.parts);
  for (const one of inside) add(one, sum);
}

/** Joins the texts of items; throws as soon as they become too long, before all of them are created. */
export function joinTexts<T>(items: readonly T[], textFor: (item: T, index: number) => string, separator = ''): string {
  const texts: string[] = [];
  let length = 0;
  for (const [index, item] of items.entries()) {
    const text = textFor(item, index);
    length += text.length + (index > 0 ? separator.length : 0);
    checkLength(length);
    texts.push(text);
  }
  return texts.join(separator);
}

/** How often a part occurs in a text, as `split` and `replaceAll` count it. */
export function countOf(text: string, part: string): number {
  if (part === '') return text.length + 1;
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
  return count;
}
