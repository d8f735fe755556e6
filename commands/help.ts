import type { Command } from '../src/core/command/command.ts';
import { UserError } from '../src/core/errors.ts';
import { type KnownRuns, newestFirst } from '../src/core/run/find-run.ts';
import { didYouMean } from '../src/core/text/nearest.ts';
import { quoted } from '../src/core/text/quoted.ts';
import type { Repositories } from './freeze.ts';

/** The names used in the commands' examples. */
const sample = { repository: 'studio-go-runner', run: 'runner-142' } as const;

/** `all` returns every command, including `help`. */
export const help = (all: () => readonly Command[], known: Repositories & Pick<KnownRuns, 'all'>): Command => ({
  name: 'help',
  usage: 'help [command]',
  summary: 'List the commands, or explain one.',
  access: 'anyone',
  light: true,
  async run({ words: [word] }) {
    if (word === undefined) return { kind: 'help', commands: all() };
    const command = all().find(({ name }) => name === word.toLowerCase());
    if (!command)
      throw new UserError(
        `There is no command ${quoted(word)}.${didYouMean(
          word,
          all().map(({ name }) => name),
        )} \`help\` lists them all.`,
      );
    return { kind: 'help', commands: [withOwn(command, known)] };
  },
});

/** The command with examples that use existing names: a configured repository, and the newest run. */
function withOwn(command: Command, known: Repositories & Pick<KnownRuns, 'all'>): Command {
  const [repository] = known.repositories();
  const [run] = newestFirst(known.all());
  const own = (example: string) =>
    example.replace(sample.repository, () => repository?.name ?? sample.repository).replace(sample.run, () => run?.id ?? sample.run);
  return { ...command, ...(command.examples && { examples: command.examples.map(own) }) };
}
