import type { Repository } from '../core/config.ts';
import { messageOf } from '../core/errors.ts';
import type { ReleaseChange, ReleaseRun } from '../core/release.ts';
import { moved, type Run, shortSha, type ThreadPost } from '../core/run.ts';
import type { RunBook } from '../core/run-book.ts';
import { numberOf } from '../core/run-id.ts';
import type { Manifests } from './observe-stage.ts';
import { type Claims, claimOnGithub, takenByRun } from './release-claim.ts';
import type { Notes } from './release-github.ts';
import { takenInRegistry } from './release-registry.ts';

/** What has changed since the release before, where that can be told. */
export interface Changes {
  since(repository: Repository, run: Run): Promise<{ previous?: string; changes: readonly ReleaseChange[] } | undefined>;
}

export interface Vote {
  readonly book: RunBook;
  readonly changes: Changes;
  readonly github?: Claims;
  readonly registry: Manifests;
  readonly notes: Notes;
  readonly now: () => Date;
  readonly log: (message: string) => void;
}

/** What was pressed in time may be heard a moment later; what was not is refused by its own time. */
const hearingMs = 5_000;

/** A run that has passed and could be released: opens the vote, ends it when its time is over. Gives when to look again. */
export async function awaitVotes(hands: Vote, run: Run, repository: Repository): Promise<number | undefined> {
  const { release } = run;
  if (!release || !repository.release) return undefined;
  if (!release.openedAt) {
    await openVote(hands, run, repository);
    return 0;
  }
  const left = Date.parse(release.expiresAt ?? '') + hearingMs - hands.now().getTime();
  if (left > 0) return Math.min(left, 60_000);
  const reason = `nobody had decided by ${release.expiresAt}`;
  await hands.book.change(run.id, (now) => (now.state === 'passed' ? moved(now, 'expired', { reason }, hands.now()) : now));
  return 0;
}

async function openVote(hands: Vote, run: Run, repository: Repository): Promise<void> {
  const rules = repository.release?.approvals;
  if (!rules) return;
  const openedAt = hands.now();
  const version = await versionOffered(hands, run, repository);
  const isFree = version.problem === undefined;
  const found = isFree
    ? await orNothing(hands, run, 'changes since the last release', () => hands.changes.since(repository, run))
    : undefined;
  const offered = run.release && { ...run, release: { ...run.release, ...version, ...found } };
  const notes =
    offered && repository.release?.github && isFree
      ? await orNothing(hands, run, 'notes', () => hands.notes.notes(offered, repository))
      : '';
  const expiresAt = new Date(openedAt.getTime() + rules.expires).toISOString();
  if (!version.problem) await supersedeOlder(hands, run);
  await hands.book.change(run.id, (now) => {
    if (now.state !== 'passed' || !now.release) return now;
    const release = {
      ...now.release,
      ...version,
      ...found,
      ...(notes ? { notes } : {}),
      needs: rules.votes,
      openedAt: openedAt.toISOString(),
      expiresAt,
    };
    return version.problem ? { ...now, release } : asking({ ...now, release }, repository);
  });
}

/** The thread asks those who may decide. */
function asking(run: Run, repository: Repository): Run {
  const request: ThreadPost = { key: 'request', kind: 'request', stage: repository.release?.name ?? 'release', state: 'owed' };
  return { ...run, delivery: { ...run.delivery, thread: [...run.delivery.thread, request] } };
}

/** The version, and whether it is free: nobody is asked to vote about what cannot be cut. */
async function versionOffered(hands: Vote, run: Run, repository: Repository): Promise<ReturnType<typeof versionOf>> {
  const version = versionOf(run, repository);
  if (version.problem !== undefined || !run.release) return version;
  const offered = { ...run, release: { ...run.release, ...version } };
  const problem =
    takenByRun(hands.book, offered, repository) ??
    (await takenOnGithub(hands, offered, repository)) ??
    (await takenByImage(hands, offered, repository));
  return problem === undefined ? version : { ...version, problem };
}

async function takenOnGithub({ github, ...hands }: Vote, run: Run, repository: Repository): Promise<string | undefined> {
  if (!github || !repository.release?.github || !repository.github) return undefined;
  const claim = await orNothing(hands, run, 'releases with its version', () => claimOnGithub(github, run, repository));
  return claim && 'taken' in claim ? claim.taken : undefined;
}

function takenByImage({ registry, log }: Vote, run: Run, repository: Repository): Promise<string | undefined> {
  return takenInRegistry(registry, run, repository, (image, error) =>
    log(`${run.id}: whether ${image} is there already cannot be told: ${messageOf(error)}`),
  );
}

function versionOf(run: Run, repository: Repository): Pick<ReleaseRun, 'version' | 'tag' | 'problem'> {
  const { version } = run;
  if (!version)
    return { version: '', tag: '', problem: run.versionProblem ?? 'its repository says no version (`version:` in the configuration).' };
  return { version, tag: `${repository.version?.prefix ?? ''}${version}` };
}

// What people want to read is not worth the release: where it cannot be had, the vote begins without it.
async function orNothing<T>(hands: Vote, run: Run, what: string, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    hands.log(`${run.id}: the ${what} cannot be told: ${messageOf(error)}`);
    return undefined;
  }
}

/** A vote is about the newest run that passed: the older ones of the branch are void. A retry repeats an old commit, so it ends only votes about that. */
async function supersedeOlder(hands: Vote, run: Run): Promise<void> {
  const older = hands.book
    .all()
    .filter((one) => one.state === 'passed' && one.release && one.repository === run.repository && one.branch === run.branch)
    .filter((one) => numberOf(one.id) < numberOf(run.id) && (run.cause.kind !== 'retry' || one.commit.sha === run.commit.sha));
  for (const { id } of older) {
    const reason = `${run.id} (${shortSha(run.commit)}) of the same branch has passed`;
    await hands.book.change(id, (now) =>
      now.state === 'passed' ? moved(now, 'superseded', { supersededBy: run.id, reason }, hands.now()) : now,
    );
  }
}
