import type { Message } from './blocks.ts';

/** The message for a thread: users and groups by id, since a mention would notify them, and `@coxswain` for `/cox`, which fails there. */
export function withoutMentions<M extends Message>(message: M): M {
  return replaceMentions(message);
}

function replaceMentions<T>(value: T): T {
  if (typeof value === 'string')
    return value.replaceAll(/<@([UW]\w+)>|<!subteam\^(S\w+)>/g, '`$1$2`').replaceAll(/`\/cox(?= [a-z]+)/g, '`@coxswain') as T;
  if (Array.isArray(value)) return value.map(replaceMentions) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, key === 'value' ? item : replaceMentions(item)])) as T;
}
