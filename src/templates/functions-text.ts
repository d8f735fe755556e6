import { checkLength, checkParts } from './budget.ts';
import { type FunctionCall, fn, type TemplateFunction, variadic } from './function.ts';
import { printf } from './printf.ts';
import { countOf, joinTexts, textOf } from './text-of.ts';
import { quoted } from './values.ts';

const widestIndent = 200;

/**
 * String functions like those of sprig 3 (https://masterminds.github.io/sprig/), and `printf` and `print` like Go's.
 * They differ where sprig would hide an error: b64dec rejects invalid base64, and trunc counts characters, never cutting one.
 */
export const textFunctions: Readonly<Record<string, TemplateFunction>> = {
  quote: variadic([], 'value', (args, { spend }) => joinTexts(there(args), (arg) => quoted(textOf(arg, spend)), ' ')),
  squote: variadic([], 'value', (args, { spend }) => joinTexts(there(args), (arg) => `'${textOf(arg, spend)}'`, ' ')),
  upper: fn(['text'], ([text]) => text.toUpperCase()),
  lower: fn(['text'], ([text]) => text.toLowerCase()),
  trim: fn(['text'], ([text]) => text.trim()),
  trimPrefix: fn(['text', 'text'], ([prefix, text]) => (text.startsWith(prefix) ? text.slice(prefix.length) : text)),
  trimSuffix: fn(['text', 'text'], ([suffix, text]) => (text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text)),
  hasPrefix: fn(['text', 'text'], ([prefix, text]) => text.startsWith(prefix)),
  hasSuffix: fn(['text', 'text'], ([suffix, text]) => text.endsWith(suffix)),
  contains: fn(['text', 'text'], ([part, text]) => text.includes(part)),
  replace: fn(['text', 'text', 'text'], ([from, to, text]) => replaced(text, from, to)),
  trunc: fn(['whole', 'text'], ([count, text]) => truncated(count, text)),
  toString: fn(['value'], ([value], { spend }) => textOf(value, spend)),
  printf: variadic(['text'], 'value', ([format, ...args], { spend }) => printf(format, args, spend)),
  print: variadic([], 'value', (args, { spend }) => printed(args, spend)),
  indent: fn(['whole', 'text'], ([count, text]) => indented(count, text)),
  nindent: fn(['whole', 'text'], ([count, text]) => `\n${indented(count, text)}`),
  join: fn(['text', 'value'], ([separator, list], { spend }) =>
    joinTexts(there(Array.isArray(list) ? list : [list]), (one) => textOf(one, spend), separator),
  ),
  split: fn(['text', 'text'], ([separator, text]) => Object.fromEntries(parts(text, separator).map((part, index) => [`_${index}`, part]))),
  splitList: fn(['text', 'text'], ([separator, text]) => parts(text, separator)),
  b64enc: fn(['text'], ([text]) => Buffer.from(text, 'utf8').toString('base64')),
  b64dec: fn(['text'], ([text]) => decoded(text)),
};

/** The arguments that are not null. */
function there(args: readonly unknown[]): unknown[] {
  return args.filter((value) => value !== null && value !== undefined);
}

/** Like Go's fmt.Sprint: a space between two arguments if neither is a string. */
function printed(args: readonly unknown[], spend: FunctionCall['spend']): string {
  const spaced = (index: number) => index > 0 && typeof args[index] !== 'string' && typeof args[index - 1] !== 'string';
  return joinTexts(args, (arg, index) => (spaced(index) ? ` ${textOf(arg, spend)}` : textOf(arg, spend)));
}

function parts(text: string, separator: string): string[] {
  checkParts(countOf(text, separator) + 1);
  return text.split(separator);
}

function replaced(text: string, from: string, to: string): string {
  checkLength(text.length + countOf(text, from) * (to.length - from.length));
  return text.replaceAll(from, () => to);
}

/** The first characters; the last ones if the count is negative. */
function truncated(count: number, text: string): string {
  const characters = Array.from(text);
  return (count < 0 ? characters.slice(count) : characters.slice(0, count)).join('');
}

function indented(count: number, text: string): string {
  if (count < 0 || count > widestIndent) throw new Error(`an indent of ${count} is not between 0 and ${widestIndent}`);
  checkLength(text.length + (countOf(text, '\n') + 1) * count);
  const padding = ' '.repeat(count);
  return padding + text.replaceAll('\n', `\n${padding}`);
}

function decoded(text: string): string {
  const plain = text.replaceAll(/[\r\n]/g, '');
  const bytes = Buffer.from(plain, 'base64');
  if (bytes.toString('base64') !== plain) throw new Error('b64dec: this is not base64');
  return bytes.toString('utf8');
}
