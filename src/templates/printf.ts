import { checkLength } from './budget.ts';
import type { FunctionCall } from './function.ts';
import { textOf } from './text-of.ts';
import { kindOf, quoted, toText } from './values.ts';

const verb = /%([-+# 0]*)(\d*)(?:\.(\d*))?(.?)/gsu;
const widest = 1000;

/**
 * Go's fmt.Sprintf for the verbs %s %d %v %q %t %x %f %%, with flags, width and precision.
 * Where Go would write `%!` error markers into the text, this throws.
 */
export function printf(format: string, args: readonly unknown[], spend: FunctionCall['spend']): string {
  let used = 0;
  let length = format.length;
  const text = format.replace(verb, (whole: string, flags: string, width: string, precision: string | undefined, letter: string) => {
    if (letter === '%') return '%';
    if (!letter) throw new Error('printf: a % at the end of the format: write %% for a percent sign');
    if (Number(width) > widest || Number(precision ?? 0) > widest) throw new Error(`printf: ${whole} is wider than ${widest}`);
    if (used >= args.length) throw new Error(`printf: no argument is left for ${whole}`);
    const arg = letter === 'v' && typeof args[used] !== 'number' ? textOf(args[used], spend) : args[used];
    used++;
    const piece = padded(converted(letter, arg, flags, precision, whole), flags, Number(width), letter);
    length += piece.length;
    checkLength(length);
    return piece;
  });
  if (used < args.length) throw new Error(`printf: ${args.length} arguments for ${used} verbs`);
  return text;
}

function converted(letter: string, arg: unknown, flags: string, precision: string | undefined, whole: string): string {
  const sign = (text: string) => (flags.includes('+') && !text.startsWith('-') ? `+${text}` : text);
  const cut = (text: string) => (precision === undefined ? text : Array.from(text).slice(0, Number(precision)).join(''));
  switch (letter) {
    case 's':
      return cut(ofKind(typeof arg === 'string', arg, whole, 'a text; %v accepts anything') as string);
    case 'q':
      return quoted(cut(ofKind(typeof arg === 'string', arg, whole, 'a text') as string));
    case 'd':
      return sign(String(ofKind(Number.isInteger(arg), arg, whole, 'a whole number')));
    case 'f':
      return sign((ofKind(typeof arg === 'number', arg, whole, 'a number') as number).toFixed(Math.min(100, Number(precision ?? 6))));
    case 't':
      return String(ofKind(typeof arg === 'boolean', arg, whole, 'true or false'));
    case 'x':
      return hex(ofKind(typeof arg === 'string' || Number.isInteger(arg), arg, whole, 'a text or a whole number'));
    case 'v':
      return typeof arg === 'number' ? sign(toText(arg)) : toText(arg);
    default:
      throw new Error(`printf: ${whole} is not supported: use %s %d %v %q %t %x %f or %%`);
  }
}

function ofKind(right: boolean, arg: unknown, whole: string, wanted: string): unknown {
  if (!right) throw new Error(`printf: ${whole} takes ${wanted}, found ${kindOf(arg)}`);
  return arg;
}

function hex(arg: unknown): string {
  return typeof arg === 'number' ? arg.toString(16) : Buffer.from(String(arg)).toString('hex');
}

function padded(text: string, flags: string, width: number, letter: string): string {
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  const zeros = flags.includes('0') && letter !== 't' && letter !== 'v';
  if (!zeros) return ' '.repeat(missing) + text;
  const signLength = /^[+-]/.test(text) && letter !== 's' && letter !== 'q' ? 1 : 0;
  return text.slice(0, signLength) + '0'.repeat(missing) + text.slice(signLength);
}
