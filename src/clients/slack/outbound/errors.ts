import { webApi } from '@slack/bolt';
import { MaybeSent, MessageGone, RateLimited, Refused } from '../../../core/chat.ts';
import { messageOf } from '../../../core/errors.ts';
import { wordsOf } from '../../../core/text/page-text.ts';
import { inQuotes } from '../../../core/text/quoted.ts';
import { monotonic } from '../../../core/time/clock.ts';
import { type Message, plainInstead } from '../../../messages/blocks.ts';

/** Slack's error codes for a message that no longer exists or can no longer be changed. */
const gone = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'thread_not_found',
  'block_mismatch',
  'streaming_state_conflict',
]);

/** Slack's error codes for temporary problems on its side: the call may have been carried out. */
const transientErrors = new Set([
  ...['internal_error', 'fatal_error', 'request_timeout', 'service_unavailable', 'team_added_to_org', 'org_login_required'],
  ...['update_failed', 'external_channel_migrating', 'message_limit_exceeded'],
]);

/** What to do about a refusal, by Slack's error code. */
const remedies: Readonly<Record<string, string>> = {
  not_in_channel: 'invite the bot to the channel: `/invite @coxswain`',
  channel_not_found: 'use a channel that exists; a private one needs an invitation for the bot: `/invite @coxswain`',
  is_archived: 'the channel is archived: unarchive it or use another one',
  missing_scope: 'install the app again from slack-manifest.yml',
  invalid_auth: 'check SLACK_BOT_TOKEN',
  not_authed: 'check SLACK_BOT_TOKEN',
  token_revoked: 'install the app again and set the new SLACK_BOT_TOKEN',
  token_expired: 'install the app again and set the new SLACK_BOT_TOKEN',
  account_inactive: 'the bot was removed from the workspace: install the app again and set the new SLACK_BOT_TOKEN',
  no_such_subteam: 'use the ids (S…) of existing user groups in the configuration',
  restricted_action: 'a workspace setting forbids posting there: allow the app to post in the channel',
};

/** Slack's error codes for the content or format of a message. */
const aboutContent = new Set([
  ...['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'msg_too_long', 'no_text', 'cannot_parse_attachment'],
  ...['invalid_metadata_format', 'invalid_metadata_schema', 'metadata_too_large', 'too_many_attachments', 'invalid_arguments'],
]);

/** Sends a message; if Slack refuses its content, sends only its text, which says so. */
export async function orPlain<M extends Message, T>(message: M, send: (message: Message) => Promise<T>): Promise<T> {
  try {
    return await send(message);
  } catch (error) {
    const reason = refusalCode(error) ?? '';
    if (!aboutContent.has(reason)) throw error;
    return send(plainInstead(message, reason));
  }
}

/** What to do about a refusal from Slack; undefined if nothing is known beyond Slack's error code. */
export function remedy(reason: string): string | undefined {
  return Object.hasOwn(remedies, reason) ? remedies[reason] : undefined;
}

/** Calls Slack. @throws RateLimited | MaybeSent | MessageGone | Refused */
export async function withSlackErrors<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw chatError(what, error);
  }
}

/** Once rate-limited, every call waits: until then Slack is not called, and callers get the remaining time. Uses a monotonic clock. */
export function obedient<T>(ask: (key: string) => Promise<T>, now = monotonic): (key: string) => Promise<T> {
  let notBefore = Number.NEGATIVE_INFINITY;
  return async (key) => {
    if (now() < notBefore) throw new RateLimited(notBefore - now());
    try {
      return await ask(key);
    } catch (error) {
      if (error instanceof RateLimited) notBefore = Math.max(notBefore, now() + error.retryAfterMs);
      throw error;
    }
  };
}

function chatError(what: string, error: unknown): Error {
  if (error instanceof webApi.WebAPIRateLimitedError) return new RateLimited(error.retryAfter * 1000);
  if (error instanceof Refused) return error;
  if (!(error instanceof webApi.WebAPIPlatformError))
    return new MaybeSent(`${what}: Slack gave no answer (${messageOf(error)})`, { cause: error });
  const reason = refusalCode(error);
  if (reason === undefined) return new MaybeSent(`${what}: ${slackMessage(error)}`, { cause: error });
  if (reason === 'ratelimited' || reason === 'rate_limited') return new RateLimited(30_000);
  if (gone.has(reason)) return new MessageGone(`${what}: ${reason}`);
  if (transientErrors.has(reason)) return new MaybeSent(`${what}: Slack answered ${reason}`);
  return new Refused(reason, [`${what}: Slack refused with ${reason}${needed(error.data)}`, remedy(reason)].filter(Boolean).join('; '));
}

/**
 * Slack's error code; undefined if Slack has not refused. Its library makes a refusal of any response that is not JSON, or is cut off, with
 * the whole text as its code.
 */
export function refusalCode(error: unknown): string | undefined {
  const code: unknown = error instanceof webApi.WebAPIPlatformError ? error.data.error : undefined;
  return typeof code === 'string' && /^[a-z]\w{0,99}$/.test(code) ? code : undefined;
}

/** What has happened to a call, in words. */
export function slackMessage(error: unknown): string {
  const code = refusalCode(error);
  if (code !== undefined || !(error instanceof webApi.WebAPIPlatformError)) return code ?? messageOf(error);
  const said: unknown = error.data.error;
  const words = typeof said === 'string' && said.trim() !== '' ? inQuotes(wordsOf(said, 100), 100) : 'without an error code';
  return `Slack, or a server in between, sent half an answer (${words}): check SLACK_API_URL, and whether there is a proxy in between`;
}

function needed(data: object): string {
  return 'needed' in data ? ` (needs ${String(data.needed)})` : '';
}
