import type { Expression } from './expressions.ts';
import { hostileTexts } from './hostile-texts.ts';

type Pattern = Pick<Expression, 'source' | 'flags'>;

/** Short texts first: what grows with a higher power, or doubles with each character, would take hours for the longer ones. */
const beforehand = [24, 256, 2048];
const [short, long] = [16 * 1024, 64 * 1024];
/** Milliseconds of processor time, which do not depend on what else runs. What grows with the square takes a hundred at the short length. */
const [worthALook, tooLong] = [1, 60];
/** So many milliseconds nothing but the expression takes, and they are not measured again. */
const beyondDoubt = 2 * tooLong;
/** Time may grow so many times with four times the text: a square makes it sixteen. */
const mostGrowth = 8;

/** Why an expression takes more time than grows with the length of a text, and the text that shows it; undefined where none does. */
export function slowness(expression: Expression): string | undefined {
  for (const length of beforehand) {
    for (const text of hostileTexts(expression, length)) {
      const ms = spent(expression, text);
      if (ms > tooLong && least(expression, text, ms) > tooLong) return told(ms, length, text);
    }
  }
  let worst = { ms: 0, at: 0 };
  let at = 0;
  for (const text of hostileTexts(expression, short)) {
    const ms = spent(expression, text);
    if (ms > tooLong && least(expression, text, ms) > tooLong) return told(ms, short, text);
    if (ms > worst.ms) worst = { ms, at };
    at++;
  }
  if (worst.ms < worthALook) return undefined;
  const grown = growsTooFast(expression, (length) => textAt(expression, length, worst.at));
  return grown === undefined ? undefined : told(grown, long, textAt(expression, long, worst.at));
}

/** The milliseconds that the text of 64 KiB takes, where that is more than may be. */
export function growsTooFast(expression: Pattern, textOf: (length: number) => string): number | undefined {
  const [less, more] = [short, long].map((length) => least(expression, textOf(length))) as [number, number];
  const grows = more > 2 * worthALook && more / Math.max(less, worthALook / 5) > mostGrowth;
  return grows || more > tooLong ? more : undefined;
}

function told(ms: number, length: number, text: string): string {
  return `${ms.toFixed(0)} ms for ${length} characters: ${JSON.stringify(text.slice(0, 60))}…${JSON.stringify(text.slice(-3))}`;
}

function textAt(expression: Expression, length: number, wanted: number): string {
  let at = 0;
  for (const text of hostileTexts(expression, length)) if (at++ === wanted) return text;
  return '';
}

/** The least of three times, where the first leaves a doubt: collecting garbage and compiling add to some. */
function least(expression: Pattern, text: string, first = spent(expression, text)): number {
  let ms = first;
  for (let again = 0; again < 2 && ms < beyondDoubt; again++) ms = Math.min(ms, spent(expression, text));
  return ms;
}

function spent({ source, flags }: Pattern, text: string): number {
  const pattern = new RegExp(source, flags);
  const start = process.cpuUsage();
  if (pattern.global) text.replaceAll(pattern, '');
  else pattern.exec(text);
  return process.cpuUsage(start).user / 1000;
}
