import { SlackError } from '../errors.ts';
import { type Args, count, text } from '../method.ts';
import type { JsonObject } from '../model.ts';

/** One page of a list, with Slack's cursor to the next one. */
export function page<T>(
  items: readonly T[],
  args: Args,
  usual: number,
  most: number,
): { items: readonly T[]; more: boolean; rest: JsonObject } {
  const cursor = text(args, 'cursor');
  const start = cursor ? Number(Buffer.from(cursor, 'base64').toString().replace('next:', '')) : 0;
  if (!Number.isInteger(start)) throw new SlackError('invalid_cursor');
  const end = start + count(args, 'limit', usual, most);
  const more = end < items.length;
  const next = more ? Buffer.from(`next:${end}`).toString('base64') : '';
  return { items: items.slice(start, end), more, rest: { response_metadata: { next_cursor: next } } };
}
