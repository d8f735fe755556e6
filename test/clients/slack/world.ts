import { readFileSync } from 'node:fs';
import { type SlackOptions, startSlack } from '@coxswain/sandbox';
import type { ExecutionContext } from 'ava';
import { parse } from 'yaml';
import type { AnswerDeps } from '../../../src/clients/slack/inbound/answer.ts';
import { slackRunMessages } from '../../../src/clients/slack/outbound/run-messages.ts';
import { slackApp } from '../../../src/clients/slack/slack-client.ts';
import { ReceivedMessageLog } from '../../../src/core/command/received-messages.ts';
import { view } from '../../messages/runs.ts';

export const tokens = { bot: 'xoxb-test', app: 'xapp-test' };
export const manifest: unknown = parse(readFileSync('slack-manifest.yml', 'utf8'));

/** A log that keeps its lines. */
export function logBook() {
  const lines: string[] = [];
  const keep = (line: string) => void lines.push(line);
  return { lines, info: keep, warn: keep, error: keep };
}

/** A Slack stand-in that follows our manifest, for one test. */
export async function slackFor(t: ExecutionContext, options: Partial<SlackOptions> = {}) {
  const standIn = await startSlack({ manifest, botToken: tokens.bot, appToken: tokens.app, limits: { off: true }, ...options });
  t.teardown(() => standIn.close());
  return standIn;
}

/** A board of the installation `lab` in a Slack of its own. */
export async function boardFor(t: ExecutionContext, options: Partial<SlackOptions> = {}) {
  const { url, slack } = await slackFor(t, options);
  const log = logBook();
  const board = slackRunMessages({ token: tokens.bot, apiUrl: url, instance: 'lab', viewOf: () => view, log });
  return { board, slack, url, log };
}

/** The bot in a Slack of its own; `answer` stands for everything behind it. */
export async function appFor(t: ExecutionContext, answer: AnswerDeps['answer'], options: Partial<SlackOptions> = {}, shown = view) {
  const { url, slack } = await slackFor(t, options);
  const log = logBook();
  const app = slackApp({ tokens, apiUrl: url, answer, received: new ReceivedMessageLog(), viewOf: () => shown, log });
  t.teardown(() => app.stop());
  await app.start();
  const board = slackRunMessages({ token: tokens.bot, apiUrl: url, instance: 'lab', viewOf: () => shown, log });
  return { app, slack, url, log, board };
}
