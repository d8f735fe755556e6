import { type SlackOptions, type SlackStandIn, startSlack } from '../../src/slack/start.ts';

export const botToken = 'xoxb-sandbox';
export const appToken = 'xapp-sandbox';

/** A manifest with every scope and event that the tests need. */
export const manifest = {
  display_information: { name: 'coxswain' },
  features: {
    bot_user: { display_name: 'coxswain' },
    app_home: { home_tab_enabled: true },
    slash_commands: [{ command: '/cox', description: 'Run pipelines', usage_hint: 'run | status', should_escape: true }],
  },
  oauth_config: {
    scopes: {
      bot: [
        'app_mentions:read',
        'channels:history',
        'channels:read',
        'chat:write',
        'commands',
        'files:write',
        'im:history',
        'im:write',
        'usergroups:read',
        'users:read',
      ],
    },
  },
  settings: {
    event_subscriptions: { bot_events: ['app_mention', 'app_home_opened', 'message.im'] },
    interactivity: { is_enabled: true },
    socket_mode_enabled: true,
  },
};

export const start = (options: Partial<SlackOptions> = {}): Promise<SlackStandIn> =>
  startSlack({ manifest, botToken, appToken, ...options });

/** What the tests look at in an answer. */
interface Body {
  readonly ok: boolean;
  readonly error?: string;
  readonly ts: string;
  readonly channel: string | { readonly id: string; readonly is_member: boolean };
  readonly messages: readonly Shown[];
  readonly message: Shown;
  readonly has_more: boolean;
  readonly response_metadata: { readonly next_cursor: string; readonly messages: readonly string[] };
  readonly errors: readonly string[];
  readonly needed: string;
  readonly provided: string;
  readonly [key: string]: unknown;
}

interface Shown {
  readonly ts: string;
  readonly text: string;
  readonly blocks?: readonly { readonly block_id: string }[];
  readonly metadata?: unknown;
  readonly reply_count?: number;
  readonly edited?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** Calls a Web API method as the bot does: a form, nested values as JSON strings, the token in Authorization. */
export async function call(slack: SlackStandIn, method: string, args: { [name: string]: unknown } = {}, token = botToken): Promise<Answer> {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(args)) form.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch(`${slack.url}${method}`, { method: 'POST', headers, body: form });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
}

export const section = (text: string) => ({ type: 'section' as const, text: { type: 'mrkdwn' as const, text } });

export const button = (label: string, value: string) => ({
  type: 'button' as const,
  action_id: value,
  value,
  text: { type: 'plain_text' as const, text: label },
});
