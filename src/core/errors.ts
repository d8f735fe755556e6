import { plainWordsOf } from './raw-error.ts';

/** A user or configuration error: its message is shown as it is and says what to do. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** A server refuses this to whoever asks with the present login, or without one (401, 403). */
export class AccessRefused extends UserError {}

/** Joins sentences, skipping empty ones. */
export function sentences(...some: readonly (string | undefined)[]): string {
  return some.filter(Boolean).join(' ');
}

/** The message of anything thrown, for a sentence: never empty, and never a text that Node, undici or OpenSSL wrote for developers. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return (typeof error === 'object' ? '' : String(error)) || 'an error without a message';
  return plainWordsOf(error) ?? error.message;
}

/** The same for the log, with the place in the code where that is what helps. */
export function loggedMessage(error: unknown): string {
  const words = messageOf(error);
  return error instanceof Error && words !== error.message ? `${words}\n${error.stack ?? error.message}` : words;
}

/**
 * The single decision between giving up and retrying: whether a person has to act, as the same request would be refused again. A refusal
 * says so itself (`retry`). Our own bugs do not count as permanent here; they are retried.
 */
export function isForGood(error: unknown): boolean {
  const { retry } = error as { readonly retry?: boolean };
  return error instanceof UserError ? retry !== true : retry === false;
}
