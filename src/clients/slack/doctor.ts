import { webApi } from '@slack/bolt';
import type { Finding } from '../../core/finding.ts';
import { shapes, whole } from './answers.ts';
import { channelIds } from './outbound/channels.ts';
import { refusalCode, remedy, slackMessage } from './outbound/errors.ts';
import { type SlackOptions, slackWeb, type WebClient } from './web.ts';

export interface DoctorOptions extends Omit<SlackOptions, 'token'> {
  readonly tokens: { readonly bot: string; readonly app: string };
  /** Scopes that slack-manifest.yml asks for. */
  readonly scopes: readonly string[];
  /** Channels in the configuration, by name or id. */
  readonly channels: readonly string[];
}

/** Checks tokens, scopes and channels. Sends no message and changes nothing. */
export async function slackDoctor(options: DoctorOptions): Promise<Finding[]> {
  const bot = slackWeb({ ...options, token: options.tokens.bot });
  const identity = await botToken(bot);
  const appToken = await examined('Slack: app token', () => connectable(slackWeb({ ...options, token: options.tokens.app })), appRemedy);
  if (identity.finding.state !== 'ok') return [identity.finding, appToken];
  const idOf = channelIds(bot);
  const channels = [...new Set(options.channels)].map((channel) =>
    examined(
      `channel ${channel}`,
      () => membership(bot, channel, idOf),
      'Use a channel that exists, and invite the bot there: `/invite @coxswain`.',
    ),
  );
  return [identity.finding, scopesFinding(identity.granted, options.scopes), appToken, ...(await Promise.all(channels))];
}

const appRemedy = 'Create an app-level token (xapp-…) with the scope connections:write under "Basic Information" of the app.';
const botRemedy = 'Copy the "Bot User OAuth Token" (xoxb-…) from "OAuth & Permissions" of the app into SLACK_BOT_TOKEN.';

async function botToken(bot: WebClient): Promise<{ finding: Finding; granted: readonly string[] }> {
  let granted: readonly string[] = [];
  const finding = await examined(
    'Slack: bot token',
    async () => {
      const { user, team, response_metadata } = whole(shapes.bot, await bot.auth.test(), 'the bot token');
      granted = response_metadata?.scopes ?? [];
      return well('Slack: bot token', `it belongs to ${user} in the workspace ${team}`);
    },
    botRemedy,
  );
  return { finding, granted };
}

function scopesFinding(granted: readonly string[], wanted: readonly string[]): Finding {
  const about = 'Slack: scopes';
  const missing = wanted.filter((scope) => !granted.includes(scope));
  if (missing.length === 0) return well(about, `all ${wanted.length} scopes in slack-manifest.yml are granted`);
  return {
    about,
    state: 'failed',
    evidence: `missing: ${missing.join(', ')}`,
    next: 'Update the app from slack-manifest.yml and install it again.',
  };
}

/** Requests the URL of a connection without opening it. */
async function connectable(app: WebClient): Promise<Finding> {
  whole(shapes.connection, await app.apps.connections.open({}), 'a connection');
  return well('Slack: app token', 'Slack accepts it for Socket Mode');
}

async function membership(bot: WebClient, channel: string, idOf: (channel: string) => Promise<string>): Promise<Finding> {
  const about = `Slack: channel ${channel}`;
  const id = await idOf(channel);
  const { channel: info } = whole(shapes.channel, await bot.conversations.info({ channel: id }), `the channel ${id}`);
  if (info.is_archived) return { about, state: 'failed', evidence: `${id} is archived`, next: 'Unarchive it or use another one.' };
  if (info.is_member) return well(about, `the bot is in it (${id})`);
  return { about, state: 'failed', evidence: `the bot is not in it (${id})`, next: 'Invite it: `/invite @coxswain`.' };
}

function well(about: string, evidence: string): Finding {
  return { about, state: 'ok', evidence };
}

/** Errors about a token, for which the advice depends on which token it is. */
const tokenTrouble = new Set(['invalid_auth', 'not_authed', 'token_revoked', 'token_expired', 'account_inactive']);

async function examined(about: string, examine: () => Promise<Finding>, otherwise: string): Promise<Finding> {
  try {
    return await examine();
  } catch (error) {
    const reason = refusalCode(error);
    const unreachable = error instanceof webApi.WebAPIRequestError || error instanceof webApi.WebAPIHTTPError;
    const next = unreachable
      ? 'Check whether Slack can be reached from here (DNS, proxy, firewall).'
      : ((reason && !tokenTrouble.has(reason) ? remedy(reason) : undefined) ?? otherwise);
    return { about, state: 'failed', evidence: slackMessage(error), next };
  }
}
