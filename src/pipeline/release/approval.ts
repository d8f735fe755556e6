import type { Repository } from '../../core/config.ts';
import type { ReleaseChange } from '../../core/run/release-run.ts';
import { moved, type Run, shortSha, type ThreadPost } from '../../core/run/run.ts';
import { numberOf } from '../../core/run/run-id.ts';
import { type Candidate, type CandidateDeps, candidateOf, orNothing, versionConflict, withCandidate } from './candidate.ts';
import { onceAMinute } from './once-a-minute.ts';
import type { Notes } from './plain-notes.ts';

/** What has changed since the release before, where that can be told. */
export interface Changes {
  since(repository: Repository, run: Run): Promise<{ previous?: string; changes: readonly ReleaseChange[] } | undefined>;
}

export interface Vote extends CandidateDeps {
  readonly changes: Changes;
  readonly notes: Notes;
  readonly now: () => Date;
}

/** What was pressed in time may be heard a moment later; what was not is refused by its own time. */
const hearingMs = 30_000;

/** A run that has passed and could be released: opens the vote, voids it, ends it when its time is over. Gives when to look again. */
export async function awaitVotes(deps: Vote, run: Run, repository: Repository): Promise<number | undefined> {
  const { release } = run;
  if (!release || !repository.release) return undefined;
  if (!release.openedAt) {
    await openVote(deps, run, repository, await candidateOf(deps, run, repository));
    return 0;
  }
  const left = () => Date.parse(release.expiresAt ?? '') + hearingMs - deps.now().getTime();
  if (left() > 0) {
    const next = await onceAMinute(deps, run.id, Date.parse(release.openedAt), (log) => lookAgain({ ...deps, log }, run, repository));
    return Math.max(0, Math.min(left(), next));
  }
  const reason = `nobody made a decision by ${release.expiresAt}`;
  await deps.book.change(run.id, (now) => (now.state === 'passed' ? moved(now, 'expired', { reason }, deps.now()) : now));
  return 0;
}

/** The vote is about a version that was free when it opened. Where it is so no more the votes are void, and where it has become so a vote opens. */
async function lookAgain(deps: Vote, run: Run, repository: Repository): Promise<void> {
  const { problem: before } = run.release ?? {};
  if (before === undefined) {
    const problem = await versionConflict(deps, run, repository);
    if (problem === undefined) return;
    await deps.book.change(run.id, (now) =>
      now.state === 'passed' && now.release ? { ...now, release: { ...now.release, problem, votes: [] } } : now,
    );
    return;
  }
  const candidate = await candidateOf(deps, run, repository);
  const { problem } = candidate.release;
  if (problem === undefined) return openVote(deps, run, repository, candidate);
  if (problem !== before) await deps.book.change(run.id, (now) => (now.state === 'passed' ? withCandidate(now, candidate) : now));
}

async function openVote(deps: Vote, run: Run, repository: Repository, candidate: Candidate): Promise<void> {
  const rules = repository.release?.approvals;
  if (!rules) return;
  const { log } = deps;
  const openedAt = deps.now();
  const isFree = candidate.release.problem === undefined;
  const offered = withCandidate(run, candidate);
  const found = isFree
    ? await orNothing(log, run, 'changes since the last release', () => deps.changes.since(repository, offered))
    : undefined;
  const told = offered.release && { ...offered, release: { ...offered.release, ...found } };
  const notes =
    told && repository.release?.github && isFree ? await orNothing(log, run, 'notes', () => deps.notes.notes(told, repository)) : '';
  if (isFree) await supersedeOlder(deps, run);
  await deps.book.change(run.id, (now) => {
    const { release, ...open } = withCandidate(now, candidate);
    if (now.state !== 'passed' || !now.release || !release) return now;
    const times = { openedAt: openedAt.toISOString(), expiresAt: new Date(openedAt.getTime() + rules.expires).toISOString() };
    const text = notes && release.notesBy === undefined ? { notes } : {};
    const opened = { ...open, release: { ...release, ...found, ...text, requiredVotes: rules.votes, ...times } };
    return isFree ? asking(opened, repository) : opened;
  });
}

/** The thread asks those who may decide; once, also where the vote opens again. */
function asking(run: Run, repository: Repository): Run {
  const { thread } = run.delivery;
  if (thread.some(({ key }) => key === 'request')) return run;
  const request: ThreadPost = { key: 'request', kind: 'request', stage: repository.release?.name ?? 'release', state: 'pending' };
  return { ...run, delivery: { ...run.delivery, thread: [...thread, request] } };
}

/** A vote is about the newest run that passed: the older ones of the branch are void. A retry repeats an old commit, so it ends only votes about that. */
async function supersedeOlder(deps: Vote, run: Run): Promise<void> {
  const older = deps.book
    .ofBranch(run.repository, run.branch)
    .filter((one) => one.state === 'passed' && one.release)
    .filter((one) => numberOf(one.id) < numberOf(run.id) && (run.cause.kind !== 'retry' || one.commit.sha === run.commit.sha));
  for (const { id } of older) {
    const reason = `${run.id} (${shortSha(run.commit)}) of the same branch has passed`;
    await deps.book.change(id, (now) =>
      now.state === 'passed' ? moved(now, 'superseded', { supersededBy: run.id, reason }, deps.now()) : now,
    );
  }
}
