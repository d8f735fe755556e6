import type { Repository } from '../../../src/core/config.ts';
import type { Heads } from '../../../src/pipeline/intake/new-commits.ts';
import { OwnCommits } from '../../../src/pipeline/intake/own-commits.ts';
import { Poller, type PollOptions } from '../../../src/pipeline/intake/poll.ts';
import type { GitWorld } from './git-world.ts';
import { plain } from './row.ts';

export interface Watching {
  /** Polls, and says which runs that started, and what `status` says of it. */
  poll(): Promise<string>;
  /** How many branches are known. */
  seen(): number;
}

/** The bot's polling, over a real git client, with records in memory. */
export function watching({ git, repository, proxy }: GitWorld): Watching {
  const heads = new Map<string, Heads>();
  const gone = new Set<string>();
  let watched: Repository | undefined;
  let runs = 0;
  const records = {
    lastSeen: (name: string) => heads.get(name),
    wasAt: (_: string, branch: string, sha: string) => gone.has(`${branch} ${sha}`),
    watched: () => watched,
    saveLastSeen: async (name: string, now: Heads, by?: Repository) => {
      for (const [branch, sha] of Object.entries(heads.get(name) ?? {})) if (!Object.hasOwn(now, branch)) gone.add(`${branch} ${sha}`);
      heads.set(name, now);
      watched = by ?? watched;
    },
    pollProblem: () => undefined,
    savePollProblem: async () => undefined,
  };
  const options = {
    repositories: [repository],
    git,
    records,
    newRuns: 100,
    own: new OwnCommits({ parentOf: () => undefined, wrote: async () => undefined }),
    requests: {
      begin: async () => {
        runs += 1;
        return { run: {}, isNew: true };
      },
    },
    pauses: { list: () => [], pause: async () => undefined, resume: async () => undefined },
    notice: () => undefined,
    now: () => new Date(),
    uid: () => 'uid',
    log: () => undefined,
    apartMs: 0,
  };
  const poller = new Poller(options as unknown as PollOptions);
  return {
    async poll() {
      const before = runs;
      await poller.poll(repository);
      const { lastPoll } = poller.status(repository.name);
      const error = lastPoll?.error ? `; status: ${plain(lastPoll.error, { [proxy.host]: 'git.example' })}` : '';
      return `${runs - before} runs${error}`;
    },
    seen: () => Object.keys(heads.get(repository.name) ?? {}).length,
  };
}
