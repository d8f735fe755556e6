import { z } from 'zod';

const slashCommand = z.object({
  command: z.string().regex(/^\/[a-z0-9_-]{1,31}$/, 'a command starts with / and has lower-case letters, digits, - and _'),
  description: z.string(),
  usage_hint: z.string().optional(),
  should_escape: z.boolean().default(false),
});

const schema = z.object({
  display_information: z.object({ name: z.string(), description: z.string().optional() }),
  features: z
    .object({
      bot_user: z.object({ display_name: z.string() }).optional(),
      slash_commands: z.array(slashCommand).default([]),
      app_home: z.object({ home_tab_enabled: z.boolean().default(false), messages_tab_enabled: z.boolean().default(true) }).optional(),
    })
    .default({ slash_commands: [] }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()).default([]) }) }).optional(),
  settings: z
    .object({
      event_subscriptions: z.object({ bot_events: z.array(z.string()).default([]) }).optional(),
    })
    .default({}),
});

/** A slash command as the app manifest declares it. */
export type SlashCommand = z.infer<typeof slashCommand>;

/** The little of an app manifest that Slack's behaviour depends on. */
export interface AppManifest {
  readonly name: string;
  readonly botName: string;
  readonly commands: readonly SlashCommand[];
  readonly scopes: readonly string[];
  readonly events: readonly string[];
  readonly homeTab: boolean;
  readonly messagesTab: boolean;
}

/** Reads a parsed `slack-manifest.yml`; throws an Error that names every wrong key. */
export function readManifest(parsed: unknown): AppManifest {
  const result = schema.safeParse(parsed);
  if (!result.success) throw new Error(`The app manifest cannot be used: ${z.prettifyError(result.error)}`);
  const { display_information: display, features, oauth_config: oauth, settings } = result.data;
  return {
    name: display.name,
    botName: features.bot_user?.display_name ?? display.name.toLowerCase(),
    commands: features.slash_commands,
    scopes: oauth?.scopes.bot ?? [],
    events: settings.event_subscriptions?.bot_events ?? [],
    homeTab: features.app_home?.home_tab_enabled ?? false,
    messagesTab: features.app_home?.messages_tab_enabled ?? true,
  };
}
