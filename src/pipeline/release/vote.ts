import type { ApprovalRules, Repository } from '../../core/config.ts';
import { messageOf, UserError } from '../../core/errors.ts';
import type { ReleaseRun } from '../../core/run/release-run.ts';
import { moved, type Run, type RunVersion, shortSha, type ThreadPost } from '../../core/run/run.ts';
import { numberOf } from '../../core/run/run-id.ts';
import type { Again } from '../../core/run/steps.ts';
import { noteDoubt } from './holds.ts';
import type { OnceAMinute } from './once-a-minute.ts';
import type { Approvers, Changes, Notes } from './ports.ts';
import { type ConflictDeps, versionState } from './version-conflict.ts';
import type { UnknownVersion } from './version-state.ts';

/** Reads the version of a commit; never throws. */
export interface VersionReader {
  ofCommit(repository: Repository, branch: string, sha: string): Promise<RunVersion>;
}

/** What a vote needs: to determine what can be released, and what is new in it. */
export interface VoteDeps extends ConflictDeps {
  readonly versions: VersionReader;
  readonly changes: Changes;
  readonly notes: Notes;
  readonly now: () => Date;
}

/** A vote cast in time may arrive a moment later; one that was not is refused by its own timestamp. */
const hearingMs = 30_000;

/** Opens the vote on a run that has passed, or records why it cannot be released. */
export async function openVote(deps: VoteDeps, run: Run, repository: Repository): Promise<0> {
  await openVoteAbout(deps, run, repository, await candidateOf(deps, run, repository));
  return 0;
}

/** During the vote: voids the votes if the version is no longer free, and ends the run when it expires. Returns when to check again. */
export async function awaitVotes(deps: VoteDeps & { readonly looks: OnceAMinute }, run: Run, repository: Repository): Promise<Again> {
  const { openedAt = '', expiresAt = '' } = run.release ?? {};
  const left = () => Date.parse(expiresAt) + hearingMs - deps.now().getTime();
  if (left() > 0) {
    const next = await deps.looks.look(deps, run.id, Date.parse(openedAt), (log) => lookAgain({ ...deps, log }, run, repository));
    return Math.max(0, Math.min(left(), next));
  }
  const reason = `nobody made a decision by ${expiresAt}`;
  await deps.book.change(run.id, (now) => (now.state === 'passed' ? moved(now, 'expired', { reason }, deps.now()) : now));
  return 0;
}

/** Checks whether the version is still free: if it no longer is, the votes are void; if it has become free, a vote opens. Doubt does neither. */
async function lookAgain(deps: VoteDeps, run: Run, repository: Repository): Promise<void> {
  const { problem: before, version } = run.release ?? {};
  if (before === undefined) return lookDuringVote(deps, run, repository);
  const candidate = await candidateOf(deps, run, repository);
  const { problem } = candidate.release;
  if (problem === undefined) {
    // A version that was taken is not offered again before it is known to be free; one that could not be read is offered for the first time.
    if (candidate.doubt && version === candidate.release.version) return deps.log(`${run.id}: ${candidate.doubt.why}`);
    return openVoteAbout(deps, run, repository, candidate);
  }
  if (problem !== before) await deps.book.change(run.id, (now) => (now.state === 'passed' ? withCandidate(now, candidate) : now));
}

async function lookDuringVote(deps: VoteDeps, run: Run, repository: Repository): Promise<void> {
  const found = await versionState(deps, run, repository);
  if (found.state === 'unknown') {
    if (await noteDoubt(deps, run, found)) deps.log(`${run.id}: ${found.why}`);
    return;
  }
  if (found.state === 'taken') {
    await deps.book.change(run.id, (now) => {
      if (now.state !== 'passed' || !now.release) return now;
      const { doubt: _past, ...release } = now.release;
      return { ...now, release: { ...release, problem: found.why, votes: [] } };
    });
    return;
  }
  if (run.release?.doubt === undefined) return;
  await supersedeOlder(deps, run);
  await noteDoubt(deps, run);
}

/** The result of `ask`; if it fails, that is logged, and the vote opens without the result. */
async function orNothing<T>(log: ConflictDeps['log'], run: Run, what: string, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    log(`${run.id}: cannot determine the ${what}: ${messageOf(error)}`);
    return undefined;
  }
}

async function openVoteAbout(deps: VoteDeps, run: Run, repository: Repository, candidate: Candidate): Promise<void> {
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
  if (candidate.doubt) log(`${run.id}: ${candidate.doubt.why}`);
  // A vote that may come to nothing ends no other.
  else if (isFree) await supersedeOlder(deps, run);
  await deps.book.change(run.id, (now) => {
    const { release, ...open } = withCandidate(now, candidate);
    if (now.state !== 'passed' || !now.release || !release) return now;
    const times = { openedAt: openedAt.toISOString(), expiresAt: new Date(openedAt.getTime() + rules.expires).toISOString() };
    const text = notes && release.notesBy === undefined ? { notes } : {};
    const opened = { ...open, release: { ...release, ...found, ...text, requiredVotes: rules.votes, ...times } };
    return isFree ? asking(opened, repository) : opened;
  });
}

/** Queues the thread post that asks the approvers; only once, even if the vote opens again. */
function asking(run: Run, repository: Repository): Run {
  const { thread } = run.delivery;
  if (thread.some(({ key }) => key === 'request')) return run;
  const request: ThreadPost = { key: 'request', kind: 'request', stage: repository.release?.name ?? 'release', state: 'pending' };
  return { ...run, delivery: { ...run.delivery, thread: [...thread, request] } };
}

/** Only the newest passed run of a branch is voted on: it supersedes the older ones. A retry supersedes only those of its own commit. */
async function supersedeOlder(deps: VoteDeps, run: Run): Promise<void> {
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

/** What would be released, or why nothing can be released. */
interface Candidate {
  /** What is known about the version of the commit. */
  readonly known: RunVersion;
  readonly release: Pick<ReleaseRun, 'version' | 'tag' | 'problem' | 'doubt'>;
  /** Whether its version is free is not known. */
  readonly doubt?: UnknownVersion;
}

/** The version, and whether it is free: nobody is asked to vote on what cannot be released. One that could not be read is read again. */
async function candidateOf(deps: VoteDeps, run: Run, repository: Repository): Promise<Candidate> {
  const known = await versionOf(deps, run, repository);
  const { version } = known;
  if (!version) {
    const problem = known.versionProblem ?? 'its repository has no version (`version:` in the configuration).';
    return { known, release: { version: '', tag: '', problem } };
  }
  const release = { version, tag: `${repository.version?.prefix ?? ''}${version}` };
  const found = await versionState(deps, withCandidate(run, { known, release }), repository);
  if (found.state === 'free') return { known, release };
  if (found.state === 'taken') return { known, release: { ...release, problem: found.why } };
  return { known, release: { ...release, doubt: found.why }, doubt: found };
}

/** The run with a new candidate, which replaces the previous one. */
function withCandidate(run: Run, { known, release }: Candidate): Run {
  const { versionProblem: _unread, ...rest } = run;
  const { problem: _before, doubt: _past, ...kept } = run.release ?? { requiredVotes: 0, votes: [] };
  return { ...rest, ...known, release: { ...kept, ...release } };
}

async function versionOf({ versions }: VoteDeps, run: Run, repository: Repository): Promise<RunVersion> {
  const { version, versionProblem, tag } = run;
  const before = { ...(version && { version }), ...(versionProblem && { versionProblem }), ...(tag && { tag }) };
  if (version || !repository.version) return before;
  const read = await versions.ofCommit(repository, run.branch, run.commit.sha);
  return read.version || read.versionProblem ? read : before;
}

/** Slack ids of voters who are no longer approvers, and of those for whom that cannot be determined. */
export interface Voters {
  readonly gone: readonly string[];
  readonly unsure: readonly string[];
}

export async function votersNow(approvers: Approvers, run: Run, rules: ApprovalRules): Promise<Voters> {
  const voters = run.release?.votes.map(({ by }) => by) ?? [];
  const roles = await Promise.all(voters.map(async (by) => ({ by, ...(await approvers.approver(by, rules.of)) })));
  const no = roles.filter(({ allowed }) => !allowed);
  const ids = (some: typeof no) => some.map(({ by }) => by);
  return { gone: ids(no.filter(({ unsure }) => !unsure)), unsure: ids(no.filter(({ unsure }) => unsure)) };
}

/** The run without the votes of these people. */
export function withoutVotes(run: Run, of: readonly string[]): Run {
  const { release } = run;
  if (!release || of.length === 0) return run;
  return { ...run, release: { ...release, votes: release.votes.filter(({ by }) => !of.includes(by)) } };
}

/** @throws UserError if the deciding vote would count together with others that may be void */
export function demandSure(run: Run, { unsure }: Voters): void {
  const doubted = run.release?.votes.filter(({ by }) => unsure.includes(by)).map(({ by }) => `<@${by}>`) ?? [];
  if (doubted.length === 0) return;
  throw new UserError(
    `Your vote would be the last one, but Slack did not tell whether ${doubted.join(', ')} may still approve. Nothing was done: try again in a moment.`,
  );
}
