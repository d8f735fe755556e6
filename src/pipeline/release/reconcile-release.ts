import { inDecision } from '../../core/concurrency/expiring-cache.ts';
import type { ReleaseStage, Repository } from '../../core/config.ts';
import { isForGood, messageOf } from '../../core/errors.ts';
import { notOffered } from '../../core/release/release-branches.ts';
import type { ReleaseRun } from '../../core/run/release-run.ts';
import { moved, passedOver, type Run } from '../../core/run/run.ts';
import { releaseImages } from '../../core/run/stages.ts';
import { awaitVotes, type Vote } from './approval.ts';
import { versionConflict } from './candidate.ts';
import { conflictWithRun, inTurn } from './conflicts.ts';
import { checkVersion, cutOnGithub, type GithubDeps, leftOrKnown, orFail } from './github.ts';
import { type ImageDeps, imageStages, imagesState, stepImages } from './images.ts';
import { withDraft } from './part.ts';
import { conflictInRegistry } from './registry.ts';
import { type Approvers, votersNow, withoutVotes } from './voters.ts';

/** What holds releases up, as people have said it. */
export interface Freezes {
  /** The freeze that holds a repository's releases, if one does. */
  of(repository: string): { readonly reason: string; readonly by: string } | undefined;
}

export type ReleaseDeps = ImageDeps &
  GithubDeps &
  Omit<Vote, 'github'> & {
    readonly freezes: Freezes;
    readonly approvers: Approvers;
  };

/** How long a part of a release that failed waits for somebody who has it tried again. */
const patienceMs = 24 * 60 * 60_000;
/** A freeze is looked at again, should its end not have been heard of. */
const freezeEveryMs = 30_000;

/** The next step of a run that has passed and has a release. Each may be repeated. */
export async function stepRelease(deps: ReleaseDeps, run: Run, repository: Repository | undefined): Promise<number | undefined> {
  const release = repository?.release;
  if (!repository || !release || !run.release) {
    const reason = `${run.repository} no longer has a release stage in the configuration`;
    await deps.book.change(run.id, (now) => moved(now, now.state === 'releasing' ? 'failed' : 'cancelled', { reason }, deps.now()));
    return 0;
  }
  const why = notOffered(repository, run.branch);
  if (why !== undefined && (run.state === 'passed' || run.state === 'approved')) {
    await deps.book.change(run.id, (now) => passOver(now, why, deps.now()));
    return 0;
  }
  if (run.state === 'passed') return awaitVotes(deps, run, repository);
  if (run.state === 'approved') return begin(deps, run, repository, release);
  return run.state === 'releasing' ? goOn(deps, run, repository, release) : undefined;
}

/** The configuration says otherwise by now: a run that passed ends so, and one that was approved is not cut. */
function passOver(run: Run, why: string, now: Date): Run {
  if (run.state === 'passed') return passedOver(run, why, now);
  return run.state === 'approved' ? moved(run, 'cancelled', { reason: `not released: ${why}` }, now) : run;
}

async function begin(deps: ReleaseDeps, run: Run, repository: Repository, release: ReleaseStage): Promise<number> {
  const freeze = deps.freezes.of(run.repository);
  if (freeze) {
    const frozenBy = { by: freeze.by, reason: freeze.reason };
    await deps.book.change(run.id, (now) =>
      now.release && !isFrozenBy(now.release, frozenBy) ? { ...now, release: { ...now.release, frozenBy } } : now,
    );
    return freezeEveryMs;
  }
  if (isLongAgo(deps, run) && !(await votesHold(deps, run, release))) return 0;
  // Asked before its turn: no other release waits for the answers.
  const other = await versionConflict(deps, run, repository);
  await inTurn(deps.book, () => beginNow(deps, run, repository, release, other));
  return 0;
}

/** Whether a freeze, or a bot that was away, stood between the last vote and now. */
function isLongAgo({ now }: ReleaseDeps, { release }: Run): boolean {
  // By a clock that was set it may be yet to come.
  return release?.frozenBy !== undefined || Math.abs(now().getTime() - Date.parse(release?.approvedAt ?? '')) > 60_000;
}

/** Votes may be days old by then. Where those who may still approve are too few the run ends. @throws Error where Slack does not say */
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

/** @param other why its version is not free, as far as others were asked; the runs that are known are looked at again */
async function beginNow(deps: ReleaseDeps, run: Run, repository: Repository, release: ReleaseStage, other?: string): Promise<void> {
  await deps.book.change(run.id, (now) => {
    // Looked at again: a person may have said so a moment ago.
    if (now.state !== 'approved' || !now.release || deps.freezes.of(now.repository)) return now;
    const { frozenBy: _over, ...rest } = now.release;
    const taken = conflictWithRun(deps.book, now, repository) ?? other;
    const images = taken ? {} : { images: imageStages(release) };
    const begun = moved(now, 'releasing', { release: { ...rest, ...images, github: { state: 'waiting' } } }, deps.now());
    return taken ? moved(begun, 'failed', { reason: taken }, deps.now()) : begun;
  });
}

function isFrozenBy({ frozenBy }: ReleaseRun, now: { by: string; reason: string }): boolean {
  return frozenBy?.by === now.by && frozenBy.reason === now.reason;
}

/** Images and GitHub release in the order that the configuration says; released when all of it is out. */
async function goOn(deps: ReleaseDeps, run: Run, repository: Repository, release: ReleaseStage): Promise<number | undefined> {
  const images = imagesState(run);
  const github = run.release?.github?.state ?? 'waiting';
  const cut = github === 'published' || github === 'skipped';
  if (images === 'passed' && cut) {
    await deps.book.change(run.id, (now) => (now.state === 'releasing' ? moved(now, 'released', {}, deps.now()) : now));
    return 0;
  }
  if (images === 'under way' && github === 'waiting' && !run.release?.github?.versionChecked) {
    await orFail(deps, run, repository, checkFree(deps, run, repository));
    return 0;
  }
  const imagesFirst = images === 'under way' && release.order === 'images-first';
  const githubsTurn = !cut && github !== 'failed' && (release.order === 'github-first' || images === 'passed');
  if (githubsTurn) {
    await cutOnGithub(deps, run, repository);
    return 0;
  }
  if (imagesFirst ? github !== 'failed' : images === 'under way' && cut) return stepImages(deps, run, repository);
  return awaitRetry(deps, run, repository);
}

/** Before the first image: nothing may be pushed over what is out under this version. A registry that lets nobody read says so at the push. */
async function checkFree(deps: ReleaseDeps, run: Run, repository: Repository): Promise<void> {
  const taken = await conflictInRegistry(deps.registry, run, repository, (image, error) => {
    if (!isForGood(error)) throw error;
    deps.log(`${run.id}: cannot tell whether ${image} already exists; pushing it anyway: ${messageOf(error)}`);
  });
  if (taken === undefined) return checkVersion(deps, run, repository);
  await deps.book.change(run.id, (now) => (now.state === 'releasing' ? moved(now, 'failed', { reason: taken }, deps.now()) : now));
}

async function awaitRetry(deps: ReleaseDeps, run: Run, repository: Repository): Promise<number | undefined> {
  const left = failedAt(run) + patienceMs - deps.now().getTime();
  if (left > 0) return Math.min(left, 60_000);
  const reason = 'a part of the release failed and was not retried within a day';
  const { draft } = await leftOrKnown(deps, run, repository);
  await deps.book.change(run.id, (now) =>
    now.state === 'releasing' ? moved(withDraft(now, draft), 'failed', { reason }, deps.now()) : now,
  );
  return 0;
}

/** When the last of the parts failed, in ms: it may have waited long for its turn. */
function failedAt(run: Run): number {
  const { release } = run;
  const ends = releaseImages(run)
    .filter(({ state }) => state === 'failed')
    .map(({ endedAt }) => endedAt);
  const times = [release?.approvedAt, release?.github?.failedAt, ...ends].filter((time) => time !== undefined);
  return Math.max(...times.map((time) => Date.parse(time)));
}
