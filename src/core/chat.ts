/** Where a message is in Slack: channel id and timestamp. */
export interface Posted {
  readonly channel: string;
  readonly ts: string;
}

/** Slack rate-limited the request. */
export class RateLimited extends Error {
  override readonly name = 'RateLimited';
  readonly retryAfterMs: number;
  constructor(retryAfterMs: number) {
    super(`rate limited for ${Math.ceil(retryAfterMs / 1000)} s`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer came (timeout, connection cut): the message may or may not have been posted. */
export class MaybeSent extends Error {
  override readonly name = 'MaybeSent';
}

/** The message to edit no longer exists or can no longer be edited. */
export class MessageGone extends Error {
  override readonly name = 'MessageGone';
}

/** Slack's error codes for a channel, or a whole workspace, that the bot may not post to; any other code is about a single message. */
const ofChannel = new Set([
  ...['not_in_channel', 'channel_not_found', 'is_archived', 'restricted_action', 'missing_scope', 'ekm_access_denied', 'access_denied'],
  ...['invalid_auth', 'not_authed', 'token_revoked', 'token_expired', 'account_inactive', 'no_permission', 'team_access_not_granted'],
  ...['not_allowed_token_type', 'user_removed_from_team', 'team_disabled', 'enterprise_is_restricted', 'accesslimited'],
  ...['restricted_action_read_only_channel', 'is_inactive', 'messages_tab_disabled'],
]);

/** Slack refused, e.g. `not_in_channel`. `reason` is Slack's error code. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly reason: string;
  /** Retrying would fail again. */
  readonly retry = false;
  /** Whether the error concerns the channel, so that every other message to it would be refused too. */
  get isOfChannel(): boolean {
    return ofChannel.has(this.reason);
  }
  constructor(reason: string, message = reason) {
    super(message);
    this.reason = reason;
  }
}
