import type { Command } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';

/** `all` gives every command, `help` among them. */
export const help = (all: () => readonly Command[]): Command => ({
  name: 'help',
  usage: 'help [command]',
  summary: 'List what you can say, or explain one command.',
  access: 'anyone',
  async run({ words: [word] }) {
    if (word === undefined) return { kind: 'help', commands: all() };
    const command = all().find(({ name }) => name === word.toLowerCase());
    if (!command) throw new UserError(`There is no command \`${word}\`. \`help\` lists them all.`);
    return { kind: 'help', commands: [command] };
  },
});
