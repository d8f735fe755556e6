import { inDecision } from '../../core/concurrency/expiring-cache.ts';
import { Serial } from '../../core/concurrency/serial.ts';
import type { ReleaseStage, Repository } from '../../core/config.ts';
import { UserError } from '../../core/errors.ts';
import { notOffered } from '../../core/release/release-branches.ts';
import type { ReleaseRun } from '../../core/run/release-run.ts';
import { moved, passedOver, type Run } from '../../core/run/run.ts';
import { releaseImages } from '../../core/run/stages.ts';
import { type Again, type Step, step, takeSteps } from '../../core/run/steps.ts';
import { cutOnGithub, type GithubDeps, leftoversOrKnown, notePart, orFail, withDraft } from './github.ts';
import { Holds, holdRelease, noteDoubt } from './holds.ts';
import { imageTagStates } from './image-tags.ts';
import { type ImageDeps, imageStages, imagesState, stepImages } from './images.ts';
import { OnceAMinute } from './once-a-minute.ts';
import type { Approvers, Freezes } from './ports.ts';
import { conflictWithRun, githubState, versionState } from './version-conflict.ts';
import { worst } from './version-state.ts';
import { awaitVotes, openVote, type VoteDeps, votersNow, withoutVotes } from './vote.ts';
export type ReleaseDeps = Omit<ImageDeps, 'holds'> &
  GithubDeps &
  Omit<VoteDeps, 'github'> & { readonly freezes: Freezes; readonly approvers: Approvers };

/** State about releases that is kept in memory only. */
interface Memory {
  readonly looks: OnceAMinute;
  readonly holds: Holds;
  /** Begins releases one at a time, so that each sees the version that the previous one has taken. */
  readonly beginnings: Serial;
}

type Context = ReleaseDeps & Memory;

/** A run that has passed and has a release, and its current configuration. */
interface Offered {
  readonly run: Run;
  readonly repository?: Repository;
}

/** The same if the repository still has a release stage. */
interface ReleaseAt extends Offered {
  readonly repository: Repository;
  readonly release: ReleaseStage;
}

/** Everything that is done for a release, in this order, from vote to publication. Of the steps of one state only one applies at a time. */
export const releaseSteps: readonly Step<Context, Offered>[] = [
  step('end a release that is no longer configured', whenNotConfigured, endUnconfigured),
  step('end a release that is no longer offered', whenNotOffered, endNotOffered),
  step('open the vote', whenVoting(false), (deps, { run, repository }) => openVote(deps, run, repository)),
  step('wait for votes', whenVoting(true), (deps, { run, repository }) => awaitVotes(deps, run, repository)),
  step('begin the release', whenApproved, begin),
  step('finish the release', whenNextIs('finish'), finish),
  step('check that the version is free', whenNextIs('check'), checkFree),
  step('publish on GitHub', whenNextIs('github'), (deps, { run, repository }) => cutOnGithub(deps, run, repository)),
  step('build the images', whenNextIs('images'), (deps, { run, repository }) => stepImages(deps, run, repository)),
  step('wait for a retry', whenNextIs('retry'), awaitRetry),
];

/** Drives releases to completion, step by step. */
export class ReleaseReconciler {
  readonly #deps: ReleaseDeps;
  readonly #memory: Memory;

  constructor(deps: ReleaseDeps, holds = new Holds()) {
    this.#deps = deps;
    this.#memory = { looks: new OnceAMinute(), holds, beginnings: new Serial() };
  }

  /** Does what the release of a run needs now. Idempotent. Returns when to check again. */
  reconcile(run: Run, repository: Repository | undefined): Promise<Again> {
    const offered = { run, ...(repository && { repository }) };
    return takeSteps(releaseSteps, { ...this.#deps, ...this.#memory }, offered, (_what, work) => work());
  }
}

/** How long a failed part of a release waits for a retry. */
const patienceMs = 24 * 60 * 60_000;
/** How often a freeze is checked, in case the event of its end was missed. */
const freezeEveryMs = 30_000;

function releaseAt({ run, repository }: Offered): ReleaseAt | undefined {
  return repository?.release && run.release ? { run, repository, release: repository.release } : undefined;
}

function whenNotConfigured(at: Offered): Run | undefined {
  return releaseAt(at) ? undefined : at.run;
}

async function endUnconfigured({ book, now: clock }: Context, run: Run): Promise<0> {
  const reason = `${run.repository} no longer has a release stage in the configuration`;
  await book.change(run.id, (now) => moved(now, now.state === 'releasing' ? 'failed' : 'cancelled', { reason }, clock()));
  return 0;
}

function whenNotOffered(at: Offered): { readonly run: Run; readonly why: string } | undefined {
  const { run, repository } = at;
  const why = releaseAt(at) && repository && notOffered(repository, run.branch);
  return why !== undefined && (run.state === 'passed' || run.state === 'approved') ? { run, why } : undefined;
}

/** The configuration has changed meanwhile: a passed run ends as passed, and an approved one is not released. */
async function endNotOffered({ book, now: clock }: Context, { run, why }: { readonly run: Run; readonly why: string }): Promise<0> {
  await book.change(run.id, (now) => {
    if (now.state === 'passed') return passedOver(now, why, clock());
    return now.state === 'approved' ? moved(now, 'cancelled', { reason: `not released: ${why}` }, clock()) : now;
  });
  return 0;
}

function whenVoting(isOpen: boolean): (at: Offered) => ReleaseAt | undefined {
  return (at) => (at.run.state === 'passed' && (at.run.release?.openedAt !== undefined) === isOpen ? releaseAt(at) : undefined);
}

function whenApproved(at: Offered): ReleaseAt | undefined {
  return at.run.state === 'approved' ? releaseAt(at) : undefined;
}

type Next = 'finish' | 'check' | 'github' | 'images' | 'retry';

function whenNextIs(next: Next): (at: Offered) => ReleaseAt | undefined {
  return (at) => {
    const release = at.run.state === 'releasing' ? releaseAt(at) : undefined;
    return release && nextOf(release) === next ? release : undefined;
  };
}

/** Images and GitHub release come in the configured order; a failed part is waited for only when nothing else can proceed. */
function nextOf({ run, release }: ReleaseAt): Next {
  const images = imagesState(run);
  const { state: github = 'waiting', versionChecked } = run.release?.github ?? {};
  const isCut = github === 'published' || github === 'skipped';
  if (images === 'passed' && isCut) return 'finish';
  if (images === 'under way' && github === 'waiting' && !versionChecked) return 'check';
  const mayCut = release.order === 'github-first' || images === 'passed';
  if (mayCut && !isCut && github !== 'failed') return 'github';
  const mayBuild = release.order === 'images-first' ? github !== 'failed' : isCut;
  return images === 'under way' && mayBuild ? 'images' : 'retry';
}

async function finish({ book, now: clock }: Context, { run }: ReleaseAt): Promise<0> {
  await book.change(run.id, (now) => (now.state === 'releasing' ? moved(now, 'released', {}, clock()) : now));
  return 0;
}

/** Before anything is pushed or published: nothing that was released under this version may be overwritten. */
async function checkFree(deps: Context, { run, repository }: ReleaseAt): Promise<Again> {
  const left = deps.holds.left(run.id);
  if (left > 0) return left;
  const images = worst(await imageTagStates(deps.registry, run, repository));
  const github = images.state === 'taken' ? images : await githubState(deps, run, repository);
  const found = worst([github, images]);
  if (found.state === 'unknown') return holdRelease(deps, run, found);
  deps.holds.over(run.id);
  if (images.state === 'taken') {
    const reason = images.why;
    await deps.book.change(run.id, (now) => (now.state === 'releasing' ? moved(now, 'failed', { reason }, deps.now()) : now));
  } else await orFail(deps, run, repository, noteChecked(deps, run, github.state === 'taken' ? github.why : undefined));
  return 0;
}

/** @throws UserError if GitHub has the version already */
async function noteChecked(deps: Context, run: Run, taken: string | undefined): Promise<void> {
  await noteDoubt(deps, run);
  if (taken !== undefined) throw new UserError(taken);
  await notePart(deps, run, { ...run.release?.github, state: 'waiting', versionChecked: true });
}

/** Begins an approved release, unless it is frozen, its votes have become void or its version is no longer free. */
async function begin(deps: Context, { run, repository, release }: ReleaseAt): Promise<Again> {
  const freeze = deps.freezes.of(run.repository);
  if (freeze) {
    const frozenBy = { by: freeze.by, reason: freeze.reason };
    await deps.book.change(run.id, (now) =>
      now.release && !isFrozenBy(now.release, frozenBy) ? { ...now, release: { ...now.release, frozenBy } } : now,
    );
    return freezeEveryMs;
  }
  const left = deps.holds.left(run.id);
  if (left > 0) return left;
  if (isLongAgo(deps, run) && !(await votesHold(deps, run, release))) return 0;
  // Checked before its turn, so that no other release waits for the answers.
  const found = await versionState(deps, run, repository);
  if (found.state === 'unknown') return holdRelease(deps, run, found);
  deps.holds.over(run.id);
  await deps.beginnings.run(() => beginNow(deps, run, repository, release, found.state === 'taken' ? found.why : undefined));
  return 0;
}

/** Whether a freeze or downtime of the bot lies between the last vote and now. */
function isLongAgo({ now }: ReleaseDeps, { release }: Run): boolean {
  // If the clock was changed, the approval may lie in the future.
  return release?.frozenBy !== undefined || Math.abs(now().getTime() - Date.parse(release?.approvedAt ?? '')) > 60_000;
}

/** Votes may be days old by then. If too few voters may still approve, the run ends. @throws Error if Slack does not answer */
async function votesHold(deps: ReleaseDeps, run: Run, { approvals }: ReleaseStage): Promise<boolean> {
  const { gone, unsure } = await inDecision(() => votersNow(deps.approvers, run, approvals));
  const votes = withoutVotes(run, gone).release?.votes.length ?? 0;
  if (votes - unsure.length >= approvals.votes) return true;
  if (votes >= approvals.votes)
    throw new Error(`Slack did not tell whether ${unsure.join(', ')} may still approve, so nothing is released yet`);
  const reason = `${gone.join(', ')} may no longer approve, and without those votes it is not approved: \`retry ${run.id}\` leads to a new vote`;
  await deps.book.change(run.id, (now) =>
    now.state === 'approved' ? moved(withoutVotes(now, gone), 'cancelled', { reason }, deps.now()) : now,
  );
  return false;
}

/** @param other why its version is not free according to GitHub and the registries; the known runs are checked again */
async function beginNow(deps: ReleaseDeps, run: Run, repository: Repository, release: ReleaseStage, other?: string): Promise<void> {
  await deps.book.change(run.id, (now) => {
    // Checked again: a freeze may have been set a moment ago.
    if (now.state !== 'approved' || !now.release || deps.freezes.of(now.repository)) return now;
    const { frozenBy: _over, doubt: _past, ...rest } = now.release;
    const taken = conflictWithRun(deps.book, now, repository) ?? other;
    const images = taken ? {} : { images: imageStages(release) };
    const begun = moved(now, 'releasing', { release: { ...rest, ...images, github: { state: 'waiting' } } }, deps.now());
    return taken ? moved(begun, 'failed', { reason: taken }, deps.now()) : begun;
  });
}

function isFrozenBy({ frozenBy }: ReleaseRun, now: { by: string; reason: string }): boolean {
  return frozenBy?.by === now.by && frozenBy.reason === now.reason;
}

/** A failed part waits for a retry, at most one day. */
async function awaitRetry(deps: ReleaseDeps, { run, repository }: ReleaseAt): Promise<Again> {
  const left = failedAt(run) + patienceMs - deps.now().getTime();
  if (left > 0) return Math.min(left, 60_000);
  const reason = 'a part of the release failed and was not retried within a day';
  const { draft } = await leftoversOrKnown(deps, run, repository);
  await deps.book.change(run.id, (now) =>
    now.state === 'releasing' ? moved(withDraft(now, draft), 'failed', { reason }, deps.now()) : now,
  );
  return 0;
}

/** When the last failed part failed, in ms: it may have waited long for its turn. */
function failedAt(run: Run): number {
  const { release } = run;
  const ends = releaseImages(run)
    .filter(({ state }) => state === 'failed')
    .map(({ endedAt }) => endedAt);
  const times = [release?.approvedAt, release?.github?.failedAt, ...ends].filter((time) => time !== undefined);
  return Math.max(...times.map((time) => Date.parse(time)));
}
