import type { Command } from '../src/core/command/command.ts';
import { findRepository, repositoryOf } from '../src/core/command/find-repository.ts';
import { UserError } from '../src/core/errors.ts';
import { type KnownRuns, newestFirst } from '../src/core/run/find-run.ts';
import type { Run } from '../src/core/run/run.ts';
import { asCommand } from '../src/core/text/quoted.ts';
import type { Repositories } from './freeze.ts';

const shown = 10;

export const runs = (known: KnownRuns & Repositories): Command => ({
  name: 'runs',
  usage: 'runs [repository]',
  summary: `List the ${shown} newest runs, of all repositories or of one.`,
  access: 'anyone',
  light: true,
  async run({ words: [word] }) {
    const all = newestFirst(known.all());
    const repository = word === undefined ? undefined : repositoryIn(known, all, word);
    const wanted = repository === undefined ? all : all.filter((run) => run.repository === repository);
    if (repository !== undefined && wanted.length === 0)
      throw new UserError(`There are no runs of ${repository}. ${asCommand(`run ${repository}`)} starts one.`);
    const title = repository === undefined ? 'Newest runs' : `Newest runs of ${repository}`;
    return { kind: 'runs', title, runs: wanted.slice(0, shown), more: Math.max(0, wanted.length - shown) };
  },
});

/** A repository's runs are listed even if it is no longer configured. */
function repositoryIn(known: Repositories, all: readonly Run[], word: string): string {
  const gone = [...new Set(all.map(({ repository }) => repository))].map((name) => ({ name }));
  return (repositoryOf(known.repositories(), word) ?? repositoryOf(gone, word) ?? findRepository(known.repositories(), word)).name;
}
