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
    super(`rate limited for ${Math.ceil(retryAfterMs / 1000)} s`);
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

/** Slack's words for a channel, or a whole workspace, that the bot may not post to; the rest is about one message. */
const ofChannel = new Set([
  ...['not_in_channel', 'channel_not_found', 'is_archived', 'restricted_action', 'missing_scope', 'ekm_access_denied', 'access_denied'],
  ...['invalid_auth', 'not_authed', 'token_revoked', 'token_expired', 'account_inactive', 'no_permission', 'team_access_not_granted'],
  ...['not_allowed_token_type', 'user_removed_from_team', 'team_disabled', 'enterprise_is_restricted', 'accesslimited'],
  ...['restricted_action_read_only_channel', 'is_inactive', 'messages_tab_disabled'],
]);

/** Slack refused, e.g. `not_in_channel`. `reason` is Slack's word. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly reason: string;
  /** It would be refused again. */
  readonly retry = false;
  /** It is about the channel, where every other message would be refused too. */
  get isOfChannel(): boolean {
    return ofChannel.has(this.reason);
  }
  constructor(reason: string, message = reason) {
    super(message);
    this.reason = reason;
  }
}
