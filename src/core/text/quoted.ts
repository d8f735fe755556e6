import { cut, cutPoints } from './cut.ts';
import { visibleName } from './visible.ts';

const longest = 60;

/** Typed text, or a name from an untrusted source, as inline code in a sentence: at most 60 characters, all visible, and no backtick. */
export function quoted(typed: string): string {
  const line = typed.slice(0, 4 * longest).replace(/[\t\n\v\f\r ]+/g, ' ');
  const word = cutPoints(visibleName(line.trim()).replaceAll('`', "'"), longest);
  return `\`${word || ' '}\``;
}

/** Text from an untrusted program or server, as a value in a sentence: in quotation marks, with control characters escaped. */
export function inQuotes(text: string, most = 80): string {
  return JSON.stringify(cut(text, most));
}

/** A command that contains untrusted names, as inline code: not truncated, since people copy it, and no backtick in it ends the code. */
export function asCommand(command: string): string {
  return `\`${visibleName(command).replaceAll('`', "'")}\``;
}
