import { escapeMrkdwn, oneLine } from './escape.ts';

/** Log lines in a code fence, at most `max` characters in all; the last lines are kept. Empty where there is no line. */
export function fence(lines: readonly string[], max: number): string {
  const kept = lastLines(lines.map(logLine), max - 40);
  if (kept.every((line) => line === '')) return '';
  const left = lines.length - kept.length;
  const above = left > 0 ? [`… ${left} more ${left === 1 ? 'line' : 'lines'} above`] : [];
  return ['```', ...above, ...kept, '```'].join('\n');
}

const maxLine = 400;

/** One line as it may stand in a fence: nothing in it ends the fence or mentions anybody. */
function logLine(text: string): string {
  const indent = /^[ \t]{0,40}/.exec(text)?.[0].replaceAll('\t', '  ') ?? '';
  const whole = escapeMrkdwn(indent + oneLine(text)).replace(/`{3,}/g, (run) => run.split('').join('\u200b'));
  return whole.length <= maxLine ? whole : `${whole.slice(0, maxLine).replace(/&[a-z]{0,4}$|[\ud800-\udbff]$/, '')}…`;
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
