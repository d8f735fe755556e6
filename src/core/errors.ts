/** A mistake of the person or of the configuration: its message is shown as it is and says what to do. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** Sentences in a row, without those that there are none of. */
export function sentences(...some: readonly (string | undefined)[]): string {
  return some.filter(Boolean).join(' ');
}

/** The message of whatever was thrown, for a log line or a sentence. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The one decision between ending and trying again: whether a person has to do something, because the same request would be refused again. What was
 * refused says so itself (`retry`). Mistakes of our own are not for good here, they are tried again.
 */
export function isForGood(error: unknown): boolean {
  const { retry } = error as { readonly retry?: boolean };
  return error instanceof UserError ? retry !== true : retry === false;
}
