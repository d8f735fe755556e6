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
