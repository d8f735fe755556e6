import type { JsonObject } from './model.ts';

/** An answer `{ ok: false, error, … }`. */
export class SlackError extends Error {
  readonly error: string;
  readonly extra: JsonObject;
  readonly retryAfter: number | undefined;

  constructor(error: string, extra: JsonObject = {}, retryAfter?: number) {
    super(error);
    this.error = error;
    this.extra = extra;
    this.retryAfter = retryAfter;
  }
}

/** `invalid_arguments` with the details as Slack words them. */
export function invalidArguments(...messages: string[]): SlackError {
  return new SlackError('invalid_arguments', { response_metadata: { messages: messages.map((text) => `[ERROR] ${text}`) } });
}
