import type { CancelledAll } from '../../core/command/command.ts';
import { findRepository } from '../../core/command/find-repository.ts';
import { Serial } from '../../core/concurrency/serial.ts';
import type { Config, Repository, Watched } from '../../core/config.ts';
import { UserError } from '../../core/errors.ts';
import type { LeftOut, PollNotice } from '../../core/notice.ts';
import { notOffered } from '../../core/release/release-branches.ts';
import { cancelRefusal, retryRefusal } from '../../core/run/allowed.ts';
import { findRun } from '../../core/run/find-run.ts';
import { attemptedImages, markerOf, reportedImages } from '../../core/run/release-parts.ts';
import type { ReleaseRun } from '../../core/run/release-run.ts';
import { type Commit, isBusy, type Run, type RunCause, type RunVersion, shortSha } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import type { StageRun } from '../../core/run/stage-run.ts';
import { cancelAll } from './cancel-all.ts';
import { headOf } from './find-branch.ts';
import type { Heads } from './new-commits.ts';

/** What starting a run needs from git. */
export interface Git {
  heads(repository: Repository): Promise<Heads>;
  commit(repository: Repository, branch: string, sha: string): Promise<Commit>;
}

export interface LastSeenHeads {
  lastSeen(repository: string): Heads | undefined;
  /** Whether a branch that has vanished was at this commit before. */
  wasAt(repository: string, branch: string, sha: string): boolean;
  /** The address and patterns used for that; undefined if never saved. */
  watched(repository: string): Watched | undefined;
  /** Atomic; the heads of branches that are no longer among them stay known to `wasAt`. Keeps the previous `watched` if absent. `leftOut`: a notice for the channel about branches without a run. */
  saveLastSeen(repository: string, heads: Heads, watched?: Watched, leftOut?: LeftOut): Promise<void>;
  /** Since when the channel knows that the repository cannot be polled (ISO 8601). */
  pollProblem(repository: string): string | undefined;
  /** Atomic with the notice about it. */
  savePollProblem(notice: Omit<PollNotice, 'state'>): Promise<void>;
}

/** Reads the version of a commit; never throws. */
export interface VersionReader {
  ofCommit(repository: Repository, branch: string, sha: string): Promise<RunVersion>;
}

/** What requests need from outside. */
export interface RequestPorts {
  readonly git: Git;
  readonly records: LastSeenHeads;
}

export interface RequestsOptions extends RequestPorts {
  readonly book: RunBook;
  readonly config: Config;
  readonly versions: VersionReader;
}

export interface Started {
  readonly run: Run;
  readonly isNew: boolean;
}

interface More {
  readonly retryOf?: string;
  readonly coversEarlierCommits?: true;
  readonly stages?: readonly StageRun[];
  /** The version of the retried run; read from the commit if absent. */
  readonly version?: RunVersion;
  /** Identifies what the retried run has left on GitHub and in registries. */
  readonly left?: Pick<ReleaseRun, 'marker' | 'attemptedImages' | 'reported'>;
}

/** The requests of people (and polls): start, cancel, retry. */
export class Requests {
  readonly #options: RequestsOptions;
  readonly #begins = new Serial();

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  /** Starts a run of the newest commit of a branch, or returns the one that is already queued or running. @throws UserError */
  async start(wish: { repository: string; branch?: string; by: string; key: string }): Promise<Started> {
    const repository = findRepository(this.#options.config.repositories, wish.repository);
    const heads = await this.#options.git.heads(repository);
    const { branch, sha } = headOf(repository, heads, wish.branch);
    const under = this.#under(repository, branch, sha);
    if (under) return { run: under, isNew: false };
    const commit = await this.#options.git.commit(repository, branch, sha);
    const started = await this.begin(repository, branch, commit, { kind: 'command', by: wish.by, key: wish.key });
    // The commit has its run: the next poll must not start a second one for it.
    const seen = this.#options.records.lastSeen(repository.name);
    if (seen) await this.#options.records.saveLastSeen(repository.name, { ...seen, [branch]: sha });
    return started;
  }

  /** Adds a run for a commit, or returns the existing one. Serialized, since two people, or a person and a poll, may request it at once. */
  async begin(repository: Repository, branch: string, commit: Commit, cause: RunCause, given: More = {}): Promise<Started> {
    const more = { ...given, version: given.version ?? (await this.#options.versions.ofCommit(repository, branch, commit.sha)) };
    return this.#begins.run(async () => {
      const before = more.retryOf === undefined ? undefined : this.#run(more.retryOf);
      const under = before ? this.#retryOf(before) : this.#under(repository, branch, commit.sha);
      return under ? { run: under, isNew: false } : this.#add(repository, branch, commit, cause, more);
    });
  }

  #add(repository: Repository, branch: string, commit: Commit, cause: RunCause, more: More): Promise<Started> {
    const { instance } = this.#options.config;
    const stages = more.stages ?? repository.stages.map(({ name, kind }): StageRun => ({ name, kind, state: 'waiting' }));
    const told = {
      ...(more.retryOf && { retryOf: more.retryOf }),
      ...(more.coversEarlierCommits && { coversEarlierCommits: more.coversEarlierCommits }),
    };
    const requiredVotes = repository.release?.approvals.votes;
    const why = notOffered(repository, branch);
    const offered = requiredVotes === undefined ? {} : { release: { version: '', tag: '', requiredVotes, votes: [], ...more.left } };
    const release = why === undefined ? offered : { notReleased: why };
    return this.#options.book.add({
      repository: repository.name,
      short: repository.short,
      instance,
      branch,
      commit,
      cause,
      stages,
      channel: repository.channel,
      ...more.version,
      ...told,
      ...release,
    });
  }

  /** @param more what else to record in the run @throws UserError if there is no such run or it can no longer be cancelled */
  async cancel(id: string, by: string, more: (run: Run) => Partial<Run> = () => ({})): Promise<Run> {
    const run = this.#run(id);
    demandCancellable(run);
    try {
      const reason = 'a person cancelled it';
      return await this.#options.book.move(id, 'cancelled', (now) => {
        // Checked again: something of its release may have been published a moment ago.
        if (now.state === 'releasing') demandCancellable(now);
        return { cancelledBy: by, reason, ...more(now) };
      });
    } catch (error) {
      const { state } = this.#run(id);
      if (error instanceof UserError) throw error;
      if (state !== run.state) throw new UserError(`${id} can no longer be cancelled: it is ${state}.`);
      throw error;
    }
  }

  /** Cancels cancellable runs of a repository or some branches; those without a message get none: there may be many. @throws UserError */
  async cancelAll({ repository, branches, by }: { repository: string; branches?: string; by: string }): Promise<CancelledAll> {
    const { name } = findRepository(this.#options.config.repositories, repository);
    const unannounced = ({ delivery }: Run) => (delivery.message ? {} : { delivery: { ...delivery, unannounced: true as const } });
    return cancelAll(this.#options.book, { repository: name, ...(branches !== undefined && { branches }) }, ({ id }) =>
      this.cancel(id, by, unannounced),
    );
  }

  /** A new run of the same commit that begins at the first stage that did not pass. @throws UserError */
  async retry(id: string, by: string, key: string): Promise<Started> {
    const run = this.#run(id);
    const why = retryRefusal(run);
    if (why !== undefined) throw new UserError(why);
    const repository = findRepository(this.#options.config.repositories, run.repository);
    const again = this.#retryOf(run);
    if (again) return { run: again, isNew: false };
    const stages = takenOver(run, repository);
    const reported = reportedImages(run);
    const left = { marker: markerOf(run), attemptedImages: attemptedImages(run), ...(reported.length > 0 && { reported }) };
    const more = { retryOf: id, stages, left, ...(run.version !== undefined && { version: versionOf(run) }) };
    return this.begin(repository, run.branch, run.commit, { kind: 'retry', by, key }, more);
  }

  /** The run of that commit that is queued or running. */
  #under(repository: Repository, branch: string, sha: string): Run | undefined {
    return this.#options.book.ofBranch(repository.name, branch).find((run) => isBusy(run) && run.commit.sha === sha);
  }

  #retryOf({ id, repository, branch }: Run): Run | undefined {
    return this.#options.book.ofBranch(repository, branch).find((run) => isBusy(run) && run.retryOf === id);
  }

  #run(id: string): Run {
    return findRun(this.#options.book, id);
  }
}

function demandCancellable(run: Run): void {
  const why = cancelRefusal(run);
  if (why !== undefined) throw new UserError(why);
}

function versionOf({ version, tag }: Run): RunVersion {
  return { ...(version !== undefined && { version }), ...(tag !== undefined && { tag }) };
}

/**
 * The stages of a retry: those that passed before the first that did not are reused with their images. If files of the workspace are to be
 * released, none is reused: the workspace of the retried run is deleted with its namespace.
 */
function takenOver(run: Run, repository: Repository): StageRun[] {
  let passing = (repository.release?.github?.assets.length ?? 0) === 0;
  return repository.stages.map(({ name, kind }) => {
    const before = run.stages.find((stage) => stage.name === name);
    passing &&= before?.state === 'passed';
    if (!passing || !before) return { name, kind, state: 'waiting' };
    const { image, progress } = before;
    return { name, kind, state: 'passed', reusedFrom: before.reusedFrom ?? run.id, ...(image && { image }), ...(progress && { progress }) };
  });
}

/** `3f2a1bc "Say hello"` for the log. */
export function spoken(commit: Commit): string {
  return `${shortSha(commit)}${commit.subject ? ` "${commit.subject}"` : ''}`;
}
