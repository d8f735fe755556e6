import type { Message } from './blocks.ts';

/** The message with people and groups by their ids instead of mentions: for a thread, where a mention rings. */
export function quiet<M extends Message>(message: M): M {
  return quietly(message);
}

function quietly<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll(/<@([UW]\w+)>|<!subteam\^(S\w+)>/g, '`$1$2`') as T;
  if (Array.isArray(value)) return value.map(quietly) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, key === 'value' ? item : quietly(item)])) as T;
}
