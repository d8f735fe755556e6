import { cutBy } from '../core/text/cut.ts';
import { visibleLine } from '../core/text/visible.ts';
import { escapeMrkdwn } from './escape.ts';

/** Log lines in a code fence, at most `max` characters in all; the last lines are kept. Empty if there are no lines. */
export function fence(lines: readonly string[], max: number): string {
  return fences(lines, max, 1).fences[0] ?? '';
}

/** Log lines in as many code fences as needed, at most `most` of `max` characters each. `left`: number of first lines that did not fit. */
export function fences(lines: readonly string[], max: number, most: number): { fences: string[]; left: number } {
  const all = lines.map(logLine);
  if (all.every((line) => line.trim() === '')) return { fences: [], left: 0 };
  const parts: string[][] = [];
  let left = all.length;
  while (left > 0 && parts.length < most) {
    const kept = lastLines(all.slice(0, left), max - 40);
    parts.unshift(kept);
    left -= kept.length;
  }
  if (left > 0) parts[0]?.unshift(`… ${left} more ${left === 1 ? 'line' : 'lines'} above`);
  return { fences: parts.map((part) => ['```', ...part, '```'].join('\n')), left };
}

const maxLine = 400;

/** One line made safe for a fence: nothing in it ends the fence or mentions anybody. */
function logLine(text: string): string {
  const indent = /^[ \t]{0,40}/.exec(text)?.[0].replaceAll('\t', '  ') ?? '';
  return inFence(cutBy(indent + visibleLine(text.slice(0, 4 * maxLine)), maxLine, (part) => inFence(part).length));
}

function inFence(line: string): string {
  return escapeMrkdwn(line).replace(/`{3,}/g, (run) => run.split('').join('\u200b'));
}

function lastLines(lines: readonly string[], max: number): string[] {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines.toReversed()) {
    length += line.length + 1;
    if (length > max) break;
    kept.unshift(line);
  }
  return kept;
}
