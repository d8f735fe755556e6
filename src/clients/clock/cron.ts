import cronParser from 'cron-parser';
import { messageOf } from '../../core/errors.ts';

/** The fields in order, with the range of each. */
const fields = [
  { name: 'second', from: 0, to: 59 },
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12 },
  { name: 'day of the week', from: 0, to: 7 },
] as const;

/** What is wrong with a cron expression, in words; undefined if it is valid. */
export function cronIssue(rule: string): string | undefined {
  const shown = `The schedule ${JSON.stringify(rule)}`;
  const parts = rule.trim().split(/\s+/);
  if (rule.trim() === '') return `${shown} is empty. Write six fields, seconds first: "*/30 * * * * *" is every 30 seconds.`;
  if (parts.length !== 6 && !rule.startsWith('@')) {
    const meant = parts.length === 5 ? ` "0 ${parts.join(' ')}" would be the same with seconds.` : '';
    return `${shown} has ${parts.length} ${parts.length === 1 ? 'field' : 'fields'}. Write six, seconds first: second, minute, hour, day of the month, month, day of the week.${meant}`;
  }
  return mistakeOfParser(rule, shown) ?? parts.map((part, i) => mistakeOfStep(part, i, shown)).find((mistake) => mistake);
}

function mistakeOfParser(rule: string, shown: string): string | undefined {
  try {
    cronParser.parseExpression(rule).next();
    return undefined;
  } catch (error) {
    return `${shown} is invalid, or names a time that never comes: ${messageOf(error)}.`;
  }
}

/** A step larger than its range, such as 90 in the seconds field, would silently mean once a minute. */
function mistakeOfStep(part: string, index: number, shown: string): string | undefined {
  const field = fields[index];
  if (!field) return undefined;
  for (const piece of part.split(',')) {
    const found = /^(?<range>.*)\/(?<step>\d+)$/.exec(piece)?.groups;
    if (!found) continue;
    const [from = field.from, to = field.to] = found.range?.match(/^\d+|(?<=-)\d+$/g)?.map(Number) ?? [];
    if (Number(found.step) <= to - from) continue;
    return `${shown}: the step of ${JSON.stringify(piece)} in the field of the ${field.name} is larger than its range (${from} to ${to}), so it would only match once. Use the next larger field.`;
  }
  return undefined;
}
