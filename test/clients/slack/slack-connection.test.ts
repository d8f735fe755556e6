import test from 'ava';
import type { SlackApp } from '../../../src/clients/slack/slack-client.ts';
import { SlackConnection } from '../../../src/clients/slack/slack-connection.ts';
import { UserError } from '../../../src/core/errors.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function anApp(over: Partial<SlackApp> = {}): SlackApp {
  const health = () => ({ connected: true, since: '2026-01-01T00:00:00Z' });
  return { start: async () => undefined, stop: async () => undefined, health, ...over };
}

test('Slack says what it lacks from its first try on, and is stopped only where it was started', async (t) => {
  const stops: string[] = [];
  const slack = new SlackConnection(() => anApp({ stop: async () => void stops.push('stop') }), log);
  t.is(slack.trouble, 'is not connected yet');
  await slack.stop();
  t.is(stops.length, 0);
  await slack.start();
  t.is(slack.trouble, undefined);
  await slack.stop();
  t.is(stops.length, 1);
});

test('a token that Slack refuses ends the start', async (t) => {
  const refused = async () => {
    throw new UserError('Slack refuses the token');
  };
  const health = () => ({ connected: false, since: '2026-01-01T00:00:00Z' });
  const slack = new SlackConnection(() => anApp({ start: refused, health }), log);
  await t.throwsAsync(slack.start(), { message: 'Slack refuses the token' });
  t.is(slack.trouble, 'is not connected, since 2026-01-01T00:00:00Z');
});
