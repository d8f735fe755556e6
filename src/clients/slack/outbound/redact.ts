import { redactor } from '../../../core/redaction/redactor.ts';
import type { Message } from '../../../messages/blocks.ts';
import { fitted } from '../../../messages/fit.ts';

/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

/** Where the secret values are not known: what is a secret by its shape. */
export const byShape: Redact = redactor([]);

/** What Slack and we read again, and nobody sees. */
const unseen = new Set(['type', 'value', 'action_id', 'block_id', 'style', 'callback_id', 'private_metadata']);

/** The message as it may leave: without secrets or halves of characters in anything that is shown, and no longer than Slack takes. */
export function redacted<M extends Message>(message: M, redact: Redact): M {
  const { text, blocks } = message;
  // Fitted last: what stands in place of a secret may be longer.
  return fitted({ ...message, text: redactStrings(text, redact), blocks: redactStrings(blocks, redact) });
}

/** The same of whatever is shown. */
export function redactStrings<T>(value: T, redact: Redact): T {
  if (typeof value === 'string') return redact(value).toWellFormed() as T;
  if (Array.isArray(value)) return value.map((item) => redactStrings(item, redact)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unseen.has(key) ? item : redactStrings(item, redact)])) as T;
}
