import type { Command } from '../core/command/command.ts';
import type { Message } from './blocks.ts';
import { escapeMrkdwn } from './escape.ts';
import { listMessage } from './fit.ts';

/** The available commands, generated from their definitions; a single command is shown with its examples. */
export function helpMessage(commands: readonly Command[]): Message {
  const lines = commands.map(line);
  const [only] = commands;
  const below =
    commands.length === 1 && only
      ? (only.examples ?? []).map((example) => `↳ \`/cox ${escapeMrkdwn(example)}\``)
      : [
          '`<required>` `[optional]` · In a thread, mention me instead: `@coxswain status`. In the thread of a run, you can leave the run out.',
        ].map(escapeMrkdwn);
  const more = (left: number) => `… and ${left} more; \`/cox help &lt;command&gt;\` explains one`;
  return listMessage({ items: lines.map((one) => [one]), below, more });
}

function line(command: Command): string {
  const who = whoMay(command);
  return `\`/cox ${escapeMrkdwn(command.usage)}\` ${escapeMrkdwn(command.summary)}${who === 'anyone' ? '' : ` _(${who})_`}`;
}

/** Who may use a command, in words. */
export function whoMay({ access, who }: Command): string {
  return who ?? (access === 'operator' ? 'operators' : 'anyone');
}
