import type { Command } from '../src/core/command/command.ts';
import { listed, nearestRepository, repositoryOf } from '../src/core/command/find-repository.ts';
import { UserError } from '../src/core/errors.ts';
import { findRun, isRunWord, type KnownRuns, runOf } from '../src/core/run/find-run.ts';
import { quoted } from '../src/core/text/quoted.ts';
import type { Repositories } from './freeze.ts';

export const status = (pipeline: KnownRuns & Repositories): Command => ({
  name: 'status',
  usage: 'status [repository or run]',
  summary: 'Show what is running now, in all repositories or in one; or show one run in detail.',
  examples: ['status', 'status studio-go-runner', 'status runner-142'],
  access: 'anyone',
  light: true,
  async run({ words: [word] }) {
    const repositories = pipeline.repositories();
    if (word === undefined) return { kind: 'status', repositories };
    const repository = repositoryOf(repositories, word);
    if (repository) return { kind: 'status', repositories: [repository] };
    if (isRunWord(word) || runOf(pipeline, word)) return { kind: 'run', run: findRun(pipeline, word) };
    throw new UserError(
      `${quoted(word)} is neither a run nor a repository.${nearestRepository(repositories, word)} ${listed(repositories)}`,
    );
  },
});
