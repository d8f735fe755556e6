/** Where a message stands in chat: channel id and timestamp. */
export interface Posted {
  readonly channel: string;
  readonly ts: string;
}

/** Slack asked to wait. */
export class RateLimited extends Error {
  override readonly name = 'RateLimited';
  readonly retryAfterMs: number;
  constructor(retryAfterMs: number) {
    super(`rate limited for ${retryAfterMs} ms`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer came (timeout, connection cut): the message may or may not be there. */
export class MaybeSent extends Error {
  override readonly name = 'MaybeSent';
}

/** The message to be changed is no longer there or can no longer be changed. */
export class MessageGone extends Error {
  override readonly name = 'MessageGone';
}

/** Slack refused, e.g. `not_in_channel`. `reason` is Slack's word. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly reason: string;
  constructor(reason: string, message = reason) {
    super(message);
    this.reason = reason;
  }
}
