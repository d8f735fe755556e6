import type { Command } from '../core/command.ts';
import { type Message, paragraphs, textOf } from './blocks.ts';
import { escapeMrkdwn } from './escape.ts';

/** What one can say, made from the commands; one command alone comes with its examples. */
export function helpMessage(commands: readonly Command[]): Message {
  const lines = commands.map(line);
  const [only] = commands;
  const below =
    commands.length === 1 && only
      ? (only.examples ?? []).map((example) => `↳ \`/cox ${escapeMrkdwn(example)}\``)
      : ['`<needed>` `[may be left out]` · In a thread, say it to me: `@coxswain status`.'].map(escapeMrkdwn);
  return { text: textOf([...lines, ...below]), blocks: paragraphs([...lines, ...below]) };
}

function line({ usage, summary, access }: Command): string {
  return `\`/cox ${escapeMrkdwn(usage)}\` ${escapeMrkdwn(summary)}${access === 'operator' ? ' _(operators)_' : ''}`;
}

/** What `/cox` shows while somebody types: the command words, as slack-manifest.yml must have it. */
export function usageHint(commands: readonly Pick<Command, 'name'>[]): string {
  return commands.map(({ name }) => name).join(' | ');
}
