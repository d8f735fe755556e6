import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import test from 'ava';
import { parse } from 'yaml';
import { z } from 'zod';
import { bot } from './commands/pipeline.ts';

const read = (path: string): unknown => parse(readFileSync(path, 'utf8'));

test('the app manifest is one that Slack accepts', (t) => {
  const { $schema: _, ...schema } = JSON.parse(readFileSync('test/fixtures/slack-manifest.schema.json', 'utf8'));
  const validate = new Ajv.Ajv({ strict: false, logger: false }).compile(schema);
  t.true(validate(read('slack-manifest.yml')), JSON.stringify(validate.errors));
});

const parts = z.object({
  features: z.object({
    slash_commands: z.tuple([z.object({ command: z.literal('/cox'), usage_hint: z.string(), should_escape: z.literal(true) })]),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({
    interactivity: z.object({ is_enabled: z.literal(true) }),
    socket_mode_enabled: z.literal(true),
    event_subscriptions: z.object({ bot_events: z.tuple([z.literal('app_mention')]) }),
  }),
});

test('the hint of /cox names every command, in the order of the help', (t) => {
  const [{ usage_hint }] = parts.parse(read('slack-manifest.yml')).features.slash_commands;
  t.is(
    usage_hint,
    bot()
      .list.map((command) => command.name)
      .join(' | '),
  );
});

test('every scope says what it is for', (t) => {
  const text = readFileSync('slack-manifest.yml', 'utf8');
  for (const scope of parts.parse(read('slack-manifest.yml')).oauth_config.scopes.bot) {
    t.regex(text, new RegExp(`- ${scope} # \\w+`), scope);
  }
});
