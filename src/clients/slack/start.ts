import type { App, SocketModeReceiver } from '@slack/bolt';
import { UserError } from '../../core/errors.ts';
import { refusalCode, slackMessage } from './outbound/errors.ts';

/** Slack's error codes for a token that is not valid, or no longer. */
const badToken = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
  'no_permission',
  'missing_scope',
  'org_login_required',
  'user_removed_from_team',
  'team_disabled',
]);

const remedies = {
  SLACK_BOT_TOKEN:
    'Copy the "Bot User OAuth Token" (xoxb-…) from "OAuth & Permissions" of the app; if the app was removed, install it again.',
  SLACK_APP_TOKEN:
    'Make an app-level token (xapp-…) with the scope connections:write under "Basic Information" of the app, and turn Socket Mode on.',
} as const;

/** Authenticates, then opens the connection. The library would retry forever while Slack is down; we give up and report it. */
export async function startApp(app: App, receiver: SocketModeReceiver, timeout: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`Slack did not accept the connection within ${timeout / 1000} s; is it reachable from here?`)),
    timeout,
  );
  try {
    await Promise.race([explained('SLACK_BOT_TOKEN', app.init()), promise]);
    await Promise.race([explained('SLACK_APP_TOKEN', app.start()), promise]);
  } catch (error) {
    void receiver.client.disconnect();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function explained(token: keyof typeof remedies, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const code = refusalCode(error);
    if (code !== undefined && badToken.has(code)) {
      throw new UserError(`Slack refuses ${token}: ${code}. ${remedies[token]}`);
    }
    throw new Error(`connecting to Slack with ${token} failed: ${slackMessage(error)}`, { cause: error });
  }
}
