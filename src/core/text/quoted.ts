import { cut, cutPoints } from './cut.ts';
import { visibleName } from './visible.ts';

const longest = 60;

/** What a person typed, or a stranger named something, as inline code in a sentence: at most 60 characters, all of which can be seen, and no backtick. */
export function quoted(typed: string): string {
  const line = typed.slice(0, 4 * longest).replace(/[\t\n\v\f\r ]+/g, ' ');
  const word = cutPoints(visibleName(line.trim()).replaceAll('`', "'"), longest);
  return `\`${word || ' '}\``;
}

/** What a stranger's program or server has sent, as a value in a sentence: in quotation marks, with its control characters written out. */
export function inQuotes(text: string, most = 80): string {
  return JSON.stringify(cut(text, most));
}

/** A command that names what strangers have named, as inline code: whole, since people copy it, and no backtick in it ends the code. */
export function asCommand(command: string): string {
  return `\`${visibleName(command).replaceAll('`', "'")}\``;
}
