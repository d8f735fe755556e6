import type { Command } from '../src/core/command/command.ts';
import type { Run } from '../src/core/run/run.ts';

export interface Starts {
  /** Starts a run of a branch's newest commit. Equal keys mean the same request. @throws UserError for an unknown repository or branch */
  start(request: { repository: string; branch?: string; by: string; key: string }): Promise<{ run: Run; isNew: boolean }>;
}

export const run = (starts: Starts): Command => ({
  name: 'run',
  usage: 'run <repository> [branch]',
  summary: 'Start a run of the newest commit on a branch; without a branch, on the main one.',
  examples: ['run studio-go-runner', 'run studio-go-runner feature/batches'],
  access: 'operator',
  audited: true,
  async run({ words: [repository = '', branch], user, key }) {
    return { kind: 'started', ...(await starts.start({ repository, by: user, key, ...(branch !== undefined && { branch }) })) };
  },
});
