import type { Repository } from '../../core/config.ts';
import type { ReleaseChange } from '../../core/release/release.ts';
import { moved, type Run, shortSha, type ThreadPost } from '../../core/run/run.ts';
import { numberOf } from '../../core/run/run-id.ts';
import { type Offer, type Offering, offerOf, orNothing, takenNow, withOffer } from './candidate.ts';
import type { Notes } from './github.ts';
import { onceAMinute } from './once-a-minute.ts';

/** What has changed since the release before, where that can be told. */
export interface Changes {
  since(repository: Repository, run: Run): Promise<{ previous?: string; changes: readonly ReleaseChange[] } | undefined>;
}

export interface Vote extends Offering {
  readonly changes: Changes;
  readonly notes: Notes;
  readonly now: () => Date;
}

/** What was pressed in time may be heard a moment later; what was not is refused by its own time. */
const hearingMs = 30_000;

/** A run that has passed and could be released: opens the vote, voids it, ends it when its time is over. Gives when to look again. */
export async function awaitVotes(hands: Vote, run: Run, repository: Repository): Promise<number | undefined> {
  const { release } = run;
  if (!release || !repository.release) return undefined;
  if (!release.openedAt) {
    await openVote(hands, run, repository, await offerOf(hands, run, repository));
    return 0;
  }
  const left = () => Date.parse(release.expiresAt ?? '') + hearingMs - hands.now().getTime();
  if (left() > 0) {
    const next = await onceAMinute(hands, run.id, Date.parse(release.openedAt), (log) => lookAgain({ ...hands, log }, run, repository));
    return Math.max(0, Math.min(left(), next));
  }
  const reason = `nobody had decided by ${release.expiresAt}`;
  await hands.book.change(run.id, (now) => (now.state === 'passed' ? moved(now, 'expired', { reason }, hands.now()) : now));
  return 0;
}

/** The vote is about a version that was free when it opened. Where it is so no more the votes are void, and where it has become so a vote opens. */
async function lookAgain(hands: Vote, run: Run, repository: Repository): Promise<void> {
  const { problem: before } = run.release ?? {};
  if (before === undefined) {
    const problem = await takenNow(hands, run, repository);
    if (problem === undefined) return;
    await hands.book.change(run.id, (now) =>
      now.state === 'passed' && now.release ? { ...now, release: { ...now.release, problem, votes: [] } } : now,
    );
    return;
  }
  const offer = await offerOf(hands, run, repository);
  const { problem } = offer.release;
  if (problem === undefined) return openVote(hands, run, repository, offer);
  if (problem !== before) await hands.book.change(run.id, (now) => (now.state === 'passed' ? withOffer(now, offer) : now));
}

async function openVote(hands: Vote, run: Run, repository: Repository, offer: Offer): Promise<void> {
  const rules = repository.release?.approvals;
  if (!rules) return;
  const { log } = hands;
  const openedAt = hands.now();
  const isFree = offer.release.problem === undefined;
  const offered = withOffer(run, offer);
  const found = isFree
    ? await orNothing(log, run, 'changes since the last release', () => hands.changes.since(repository, offered))
    : undefined;
  const told = offered.release && { ...offered, release: { ...offered.release, ...found } };
  const notes =
    told && repository.release?.github && isFree ? await orNothing(log, run, 'notes', () => hands.notes.notes(told, repository)) : '';
  if (isFree) await supersedeOlder(hands, run);
  await hands.book.change(run.id, (now) => {
    const { release, ...open } = withOffer(now, offer);
    if (now.state !== 'passed' || !now.release || !release) return now;
    const times = { openedAt: openedAt.toISOString(), expiresAt: new Date(openedAt.getTime() + rules.expires).toISOString() };
    const text = notes && release.notesBy === undefined ? { notes } : {};
    const opened = { ...open, release: { ...release, ...found, ...text, needs: rules.votes, ...times } };
    return isFree ? asking(opened, repository) : opened;
  });
}

/** The thread asks those who may decide; once, also where the vote opens again. */
function asking(run: Run, repository: Repository): Run {
  const { thread } = run.delivery;
  if (thread.some(({ key }) => key === 'request')) return run;
  const request: ThreadPost = { key: 'request', kind: 'request', stage: repository.release?.name ?? 'release', state: 'owed' };
  return { ...run, delivery: { ...run.delivery, thread: [...thread, request] } };
}

/** A vote is about the newest run that passed: the older ones of the branch are void. A retry repeats an old commit, so it ends only votes about that. */
async function supersedeOlder(hands: Vote, run: Run): Promise<void> {
  const older = hands.book
    .ofBranch(run.repository, run.branch)
    .filter((one) => one.state === 'passed' && one.release)
    .filter((one) => numberOf(one.id) < numberOf(run.id) && (run.cause.kind !== 'retry' || one.commit.sha === run.commit.sha));
  for (const { id } of older) {
    const reason = `${run.id} (${shortSha(run.commit)}) of the same branch has passed`;
    await hands.book.change(id, (now) =>
      now.state === 'passed' ? moved(now, 'superseded', { supersededBy: run.id, reason }, hands.now()) : now,
    );
  }
}
