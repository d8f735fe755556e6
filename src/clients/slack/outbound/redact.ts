import { redactor } from '../../../core/redaction/redactor.ts';
import type { Message } from '../../../messages/blocks.ts';
import { fitted } from '../../../messages/fit.ts';

/** Redacts the secrets in a text. */
export type Redact = (text: string) => string;

/** Redacts what is recognizable as a secret by its shape, for when the secret values are not known. */
export const byShape: Redact = redactor([]);

/** Keys whose values only Slack and we read, and nobody sees. */
const unseen = new Set(['type', 'value', 'action_id', 'block_id', 'style', 'callback_id', 'private_metadata']);

/** The message as it may be sent: without secrets or lone surrogates in anything visible, and no longer than Slack accepts. */
export function redacted<M extends Message>(message: M, redact: Redact): M {
  const { text, blocks } = message;
  // Fitted last: the replacement for a secret may be longer than the secret.
  return fitted({ ...message, text: redactStrings(text, redact), blocks: redactStrings(blocks, redact) });
}

/** Does the same for any value that is shown. */
export function redactStrings<T>(value: T, redact: Redact): T {
  if (typeof value === 'string') return redact(value).toWellFormed() as T;
  if (Array.isArray(value)) return value.map((item) => redactStrings(item, redact)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unseen.has(key) ? item : redactStrings(item, redact)])) as T;
}
