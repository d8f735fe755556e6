import type { Pause, PollStatus } from '../../core/command/command.ts';
import { SerialByKey } from '../../core/concurrency/serial.ts';
import type { Repository } from '../../core/config.ts';
import { messageOf } from '../../core/errors.ts';
import type { LeftOut } from '../../core/notice.ts';
import { monotonic } from '../../core/time/clock.ts';
import { Absences, demandBranches } from './absences.ts';
import { type Heads, headsInView, headsOf, type NewHead, newHeads, some } from './new-commits.ts';
import type { OwnCommits } from './own-commits.ts';
import { PollProblems } from './poll-problems.ts';
import { PollResults } from './poll-results.ts';
import { type Git, type LastSeenHeads, type Requests, spoken } from './requests.ts';
import { UnreadableHeads } from './unreadable.ts';

/** The repositories for which polling is paused. */
export interface Pauses {
  list(): readonly Pause[];
  /** Replaces an older pause of the same repository; resolves when it is persisted, and rejects if it cannot be. */
  pause(pause: Pause): Promise<void>;
  resume(repository: string): Promise<void>;
}

/** What a poll needs from outside. */
export interface PollPorts {
  readonly pauses: Pauses;
  readonly git: Git;
  readonly records: LastSeenHeads;
  readonly now: () => Date;
  /** A random id for a notice. */
  readonly uid: () => string;
  readonly log: (message: string) => void;
}

export interface PollOptions extends PollPorts {
  readonly repositories: readonly Repository[];
  /** How many new runs of a repository one poll starts at most; the rest is reported in its channel. */
  readonly newRuns: number;
  readonly own: OwnCommits;
  readonly requests: Pick<Requests, 'begin'>;
  /** Called when there is a new notice. */
  readonly notice: () => void;
  /** The least time between the two answers that say that a branch is gone; 10 s by default. */
  readonly apartMs?: number;
}

/** How often the seen heads are saved while many runs are started: the file has an entry for every branch. */
const saveEveryMs = 2_000;

/** Polls the heads of every repository and starts a run for each new commit. */
export class Poller {
  readonly #options: PollOptions;
  readonly #absences: Absences;
  readonly #underWay = new SerialByKey();
  /** Branches whose commit could not be read: they come after the others. */
  readonly #unreadable = new UnreadableHeads();
  readonly #problems: PollProblems;
  readonly #results: PollResults;

  constructor(options: PollOptions) {
    this.#options = options;
    this.#absences = new Absences(options.apartMs);
    this.#problems = new PollProblems(options);
    this.#results = new PollResults(options.log);
  }

  status(repository: string): PollStatus {
    const lastPoll = this.#results.last(repository);
    const paused = this.#pauseOf(repository);
    return { ...(lastPoll && { lastPoll }), ...(paused && { paused }) };
  }

  paused(): readonly Pause[] {
    return this.#options.pauses.list();
  }

  /** From then on, no new commit starts a run, even if a poll is in progress. */
  pause(pause: Pause): Promise<void> {
    return this.#options.pauses.pause(pause);
  }

  /** Starts a poll, which finds what was pushed during the pause as it would after downtime. Does not wait for it. */
  async resume(name: string): Promise<void> {
    await this.#options.pauses.resume(name);
    this.#results.forget(name);
    const repository = this.#options.repositories.find((one) => one.name === name);
    if (repository) void this.poll(repository);
  }

  /** Polls each repository that is due and not paused; a slow or failing one does not block the others. */
  async pollAll(): Promise<void> {
    const due = this.#options.repositories.filter(
      ({ name }) => !this.#underWay.has(name) && !this.#isPaused(name) && this.#results.isDue(name),
    );
    await Promise.all(due.map((repository) => this.poll(repository)));
  }

  /** Polls after any poll in progress, unless paused. Never throws: an error is in its status and, the first time, in the log. */
  poll(repository: Repository): Promise<void> {
    return this.#underWay.run(repository.name, () => this.#poll(repository));
  }

  async #poll(repository: Repository): Promise<void> {
    const { name } = repository;
    if (this.#isPaused(name)) return;
    const at = this.#options.now().toISOString();
    try {
      const problems = await this.#look(repository);
      if (problems.length === 0) this.#results.wentWell(name, at);
      else this.#results.failed(name, at, problems[0]);
      // Its other branches start runs: the channel is not told.
      await this.#problems.wentWell(repository);
    } catch (error) {
      await this.#problems.failed(repository, this.#results.failed(name, at, error), error);
    }
  }

  #pauseOf(name: string): Pause | undefined {
    return this.paused().find(({ repository }) => repository === name);
  }

  #isPaused(name: string): boolean {
    return this.#pauseOf(name) !== undefined;
  }

  /** Returns the errors of single branches. */
  async #look(repository: Repository): Promise<readonly unknown[]> {
    const { git, records, log } = this.#options;
    const { name } = repository;
    const heads = await git.heads(repository);
    await demandBranches(git, repository, records.lastSeen(name) ?? {}, heads);
    if (this.#isPaused(name)) return [];
    if (!records.lastSeen(name)) {
      log(`${name}: seen for the first time, branches ${some(heads)}; the next commit starts a run`);
      await records.saveLastSeen(name, heads, repository);
      return [];
    }
    const known = await this.#known(repository, heads);
    const isReadable = ({ branch }: NewHead) => !this.#unreadable.has(name, branch);
    const back = await this.#back(repository, known, heads);
    const news = newHeads(repository, { ...known, ...back }, heads).sort((a, b) => Number(isReadable(b)) - Number(isReadable(a)));
    const taken = news.slice(0, this.#options.newRuns);
    await this.#leaveOut(repository, news.slice(taken.length));
    const problems = await this.#beginAll(repository, known, taken);
    const seen = records.lastSeen(name) ?? {};
    const still = this.#absences.stillThere(name, seen, heads);
    if (still !== seen) await records.saveLastSeen(name, still);
    // A branch that cannot be read does not block the others; it is retried at the next poll.
    return problems;
  }

  /**
   * What was seen before, plus the branches that are visible only because the configuration changed. They are saved atomically with that
   * change: a crash leaves both or neither, and a new commit of a branch that was watched before counts as new either way.
   */
  async #known(repository: Repository, heads: Heads): Promise<Heads> {
    const { records, log } = this.#options;
    const before = records.watched(repository.name);
    const inView = before ? headsInView(before, repository, heads) : {};
    const known = { ...records.lastSeen(repository.name), ...inView };
    await records.saveLastSeen(repository.name, known, repository);
    const count = Object.keys(inView).length;
    if (count > 0) {
      const why = before?.git === repository.git ? 'its patterns have changed' : 'its address has changed';
      log(
        `${repository.name}: ${why}, ${count === 1 ? '1 branch is' : `${count} branches are`} seen for the first time: ${some(inView)}; the next commit of each starts a run`,
      );
    }
    return known;
  }

  /** Marks branches as seen that are back at a commit which they were at before: they start no run. */
  async #back({ name }: Repository, known: Heads, heads: Heads): Promise<Heads> {
    const { records, log } = this.#options;
    const back = Object.fromEntries(
      Object.entries(heads).filter(([branch, sha]) => !Object.hasOwn(known, branch) && records.wasAt(name, branch, sha)),
    );
    const count = Object.keys(back).length;
    if (count === 0) return back;
    await records.saveLastSeen(name, { ...records.lastSeen(name), ...back });
    log(
      `${name}: ${count === 1 ? '1 branch is' : `${count} branches are`} back at a commit that was seen before and start no run: ${some(back)}`,
    );
    return back;
  }

  /** Marks the heads as seen, atomically with the notice about them and before the first run starts: a crash starts none of them later. */
  async #leaveOut(repository: Repository, left: readonly NewHead[]): Promise<void> {
    const { records, newRuns, now, uid, notice, log } = this.#options;
    if (left.length === 0) return;
    const { name, channel } = repository;
    const branches = left.map(({ branch }) => branch);
    const told: LeftOut = {
      uid: uid(),
      repository: name,
      channel,
      at: now().toISOString(),
      branches,
      limit: newRuns,
    };
    await records.saveLastSeen(name, { ...records.lastSeen(name), ...headsOf(left) }, undefined, told);
    log(
      `${name}: ${left.length} branches with new commits do not start a run, because a poll starts at most ${newRuns} (limits.newRuns): ${some(headsOf(left))}`,
    );
    notice();
  }

  /** Returns the errors. */
  async #beginAll(repository: Repository, known: Heads, heads: readonly NewHead[]): Promise<unknown[]> {
    const problems: unknown[] = [];
    let begun: NewHead[] = [];
    let savedAt = monotonic();
    const save = async () => {
      const present = this.#options.records.lastSeen(repository.name) ?? {};
      // A run requested meanwhile may have saved a newer head.
      const still = begun.filter(({ branch }) => present[branch] === known[branch]);
      begun = [];
      savedAt = monotonic();
      // After the runs are saved, not before: after a crash in between, the next poll finds the same commits, and their existing runs.
      await this.#options.records.saveLastSeen(repository.name, { ...present, ...headsOf(still) });
    };
    for (const head of heads) {
      // The rest stays new for the poll after the pause.
      if (this.#isPaused(repository.name)) break;
      try {
        if (await this.#begin(repository, head, known[head.branch])) begun.push(head);
        this.#unreadable.read(repository.name, head.branch);
      } catch (error) {
        problems.push(error);
      }
      if (monotonic() - savedAt > saveEveryMs) await save();
    }
    await save();
    return problems;
  }

  /** Whether the head has been dealt with. */
  async #begin(repository: Repository, { branch, sha }: NewHead, before: string | undefined): Promise<boolean> {
    const { git, own, requests, log } = this.#options;
    if (own.isWriting(repository.name, branch)) return false;
    if (own.isAllSince(repository.name, before, sha)) {
      log(
        `${repository.name} ${branch}: ${sha.slice(0, 7)} was pushed by the bot on top of the last seen commit, so it does not start a run`,
      );
      return true;
    }
    const commit = await git.commit(repository, branch, sha).catch((error: unknown) => {
      if (!this.#unreadable.failed(repository.name, { branch, sha }, error)) throw error;
      return { sha, problem: `Its author and message are unknown. ${messageOf(error)}` };
    });
    const more = own.isOwn(repository.name, sha) ? { coversEarlierCommits: true as const } : {};
    const { run, isNew } = await requests.begin(repository, branch, commit, { kind: 'commit' }, more);
    if (isNew) log(`${run.id}: ${repository.name} ${branch} ${spoken(commit)}`);
    return true;
  }
}
