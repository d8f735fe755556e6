import type { Command, RepositoryStatus } from '../src/core/command/command.ts';
import { UserError } from '../src/core/errors.ts';
import { findRun, type KnownRuns } from '../src/core/run/find-run.ts';
import { quoted } from '../src/core/text/quoted.ts';

export interface Status extends KnownRuns {
  repositories(): readonly RepositoryStatus[];
}

export const status = (pipeline: Status): Command => ({
  name: 'status',
  usage: 'status [repository or run]',
  summary: 'Show what is running now, in all repositories or in one; or show one run in detail.',
  examples: ['status', 'status studio-go-runner', 'status runner-142'],
  access: 'anyone',
  light: true,
  async run({ words: [what] }) {
    const repositories = pipeline.repositories();
    if (what === undefined) return { kind: 'status', repositories };
    const repository = repositories.find(({ name }) => name === what);
    if (repository) return { kind: 'status', repositories: [repository] };
    if (/-\d+$/.test(what) || pipeline.find(what)) return { kind: 'run', run: findRun(pipeline, what) };
    const names = repositories.map(({ name }) => `\`${name}\``).join(', ');
    throw new UserError(`${quoted(what)} is neither a run nor a repository. The repositories are ${names}.`);
  },
});
