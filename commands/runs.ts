import type { Command } from '../src/core/command/command.ts';
import { UserError } from '../src/core/errors.ts';
import { type KnownRuns, newestFirst } from '../src/core/run/find-run.ts';
import { quoted } from '../src/core/text/quoted.ts';

const shown = 10;

export const runs = (known: KnownRuns): Command => ({
  name: 'runs',
  usage: 'runs [repository]',
  summary: `List the ${shown} newest runs, of all repositories or of one.`,
  access: 'anyone',
  light: true,
  async run({ words: [repository] }) {
    const all = newestFirst(known.all());
    const wanted = repository === undefined ? all : all.filter((run) => run.repository === repository);
    if (repository !== undefined && wanted.length === 0)
      throw new UserError(`There are no runs of ${quoted(repository)}. \`status\` lists the repositories.`);
    const title = repository === undefined ? 'Newest runs' : `Newest runs of ${repository}`;
    return { kind: 'runs', title, runs: wanted.slice(0, shown), more: Math.max(0, wanted.length - shown) };
  },
});
