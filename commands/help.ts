import type { Command } from '../src/core/command.ts';
import { UserError } from '../src/core/errors.ts';
import { nearest } from '../src/core/nearest.ts';
import { quoted } from '../src/core/quoted.ts';

/** `all` gives every command, `help` among them. */
export const help = (all: () => readonly Command[]): Command => ({
  name: 'help',
  usage: 'help [command]',
  summary: 'List what you can say, or explain one command.',
  access: 'anyone',
  async run({ words: [word] }) {
    if (word === undefined) return { kind: 'help', commands: all() };
    const command = all().find(({ name }) => name === word.toLowerCase());
    if (!command) throw new UserError(`There is no command ${quoted(word)}.${meant(word, all())} \`help\` lists them all.`);
    return { kind: 'help', commands: [command] };
  },
});

function meant(word: string, all: readonly Command[]): string {
  const [like] = nearest(
    word,
    all.map(({ name }) => name),
    1,
  );
  return like === undefined ? '' : ` Did you mean \`${like}\`?`;
}
