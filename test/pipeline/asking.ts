import type { Pause } from '../../src/core/command/command.ts';
import type { Config, Repository, Watched } from '../../src/core/config.ts';
import type { LeftOut, PollNotice } from '../../src/core/notice.ts';
import type { Run, RunVersion } from '../../src/core/run/run.ts';
import type { Heads } from '../../src/pipeline/intake/new-commits.ts';
import { OwnCommits } from '../../src/pipeline/intake/own-commits.ts';
import { Poller } from '../../src/pipeline/intake/poll.ts';
import { Requests } from '../../src/pipeline/intake/requests.ts';
import { aBook, at, imageStage, testStage } from './world.ts';

export const repository: Repository = {
  name: 'app',
  short: 'app',
  git: 'g',
  clone: 'g',
  branches: ['main'],
  channel: '#ci',
  stages: [imageStage, testStage],
};
export const sha = (digit: string) => digit.repeat(40);

/** A repository whose heads a test sets, with what polls it and what people ask. */
export function aWorld(
  runs: readonly Run[] = [],
  heads: Heads = { main: sha('a') },
  author = 'ada@example.com',
  version: RunVersion = {},
  more: Partial<Repository> = {},
) {
  const { book } = aBook(runs);
  /** `others`: branches that no pattern matches. */
  const present: { heads: Heads; others?: Heads; error?: Error; unreadable?: Error; until?: Promise<void> } = { heads };
  const seenHeads = new Map<string, Heads>();
  const git = {
    asked: 0,
    heads: async ({ branches }: Repository) => {
      git.asked += 1;
      await present.until;
      if (present.error) throw present.error;
      return branches.includes('**') ? { ...present.heads, ...present.others } : present.heads;
    },
    commit: async (_repository: Repository, _branch: string, commit: string) => {
      if (present.unreadable) throw present.unreadable;
      return { sha: commit, author: { name: 'A', email: author } };
    },
  };
  const watched = new Map<string, Watched>();
  const told: LeftOut[] = [];
  const pushed = new Map<string, string>();
  const own = new OwnCommits({
    parentOf: (_, commit) => pushed.get(commit),
    wrote: async (_, commit, parent) => void pushed.set(commit, parent),
  });
  const vanished = new Set<string>();
  const clock = { now: at(0) };
  const failing: { problem?: Error } = {};
  const problems = new Map<string, string>();
  const polls: Omit<PollNotice, 'state'>[] = [];
  const seen = {
    lastSeen: (name: string) => seenHeads.get(name),
    wasAt: (name: string, branch: string, commit: string) => vanished.has(`${name} ${branch} ${commit}`),
    watched: (name: string) => watched.get(name),
    saveLastSeen: async (name: string, now: Heads, by?: Watched, leftOut?: (typeof told)[number]) => {
      if (leftOut) told.push(leftOut);
      for (const [branch, commit] of Object.entries(seenHeads.get(name) ?? {}))
        if (!Object.hasOwn(now, branch)) vanished.add(`${name} ${branch} ${commit}`);
      seenHeads.set(name, now);
      if (by) watched.set(name, by);
    },
    pollProblem: (name: string) => problems.get(name),
    savePollProblem: async (notice: Omit<PollNotice, 'state'>) => {
      if (failing.problem) throw failing.problem;
      polls.push(notice);
      if (notice.problem === undefined) problems.delete(notice.repository);
      else problems.set(notice.repository, notice.since);
    },
  };
  let paused: readonly Pause[] = [];
  const others = (name: string) => paused.filter((one) => one.repository !== name);
  const pauses = {
    list: () => paused,
    pause: async (pause: Pause) => {
      paused = [...others(pause.repository), pause];
    },
    resume: async (name: string) => {
      paused = others(name);
    },
  };
  const versions = { ofCommit: async () => version };
  const requests = new Requests({
    book,
    git,
    records: seen,
    versions,
    config: { instance: 'lab', repositories: [{ ...repository, ...more }] } as unknown as Config,
  });
  const logged: string[] = [];
  const log = (line: string) => void logged.push(line);
  /** A poller as a start with this configuration makes it. */
  const pollerOf = (over: Partial<Repository>) =>
    new Poller({
      repositories: [{ ...repository, ...over }],
      newRuns: 20,
      git,
      records: seen,
      pauses,
      own,
      requests,
      now: () => clock.now,
      uid: () => 'f'.repeat(20),
      notice: () => undefined,
      apartMs: 0,
      log,
    });
  const poller = pollerOf(more);
  return {
    book,
    present,
    git,
    seenHeads,
    watched,
    requests,
    poller,
    pollerOf,
    logged,
    told,
    clock,
    polls,
    failing,
    pushed,
    own,
    ids: () => book.all().map((run) => `${run.id} ${run.commit.sha[0]} ${run.cause.kind}`),
  };
}
