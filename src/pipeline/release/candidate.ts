import type { Repository } from '../../core/config.ts';
import { messageOf } from '../../core/errors.ts';
import type { ReleaseRun } from '../../core/run/release-run.ts';
import type { Run, RunVersion } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import type { Manifests } from '../stage/built-image.ts';
import { conflictOnGithub, conflictWithRun, type GithubVersions } from './conflicts.ts';
import { conflictInRegistry } from './registry.ts';

/** Reads the version of a commit; never throws. */
export interface VersionReader {
  ofCommit(repository: Repository, branch: string, sha: string): Promise<RunVersion>;
}

/** Those who are asked what can be released. */
export interface CandidateDeps {
  readonly book: RunBook;
  readonly github?: GithubVersions;
  readonly registry: Manifests;
  readonly versions: VersionReader;
  readonly log: (message: string) => void;
}

/** What would be released, or why nothing can be. */
export interface Candidate {
  /** What is known of the version of the commit. */
  readonly known: RunVersion;
  readonly release: Pick<ReleaseRun, 'version' | 'tag' | 'problem'>;
}

/** The version, and whether it is free: nobody is asked to vote about what cannot be cut. One that could not be read is read again. */
export async function candidateOf(deps: CandidateDeps, run: Run, repository: Repository): Promise<Candidate> {
  const known = await versionOf(deps, run, repository);
  const { version } = known;
  if (!version) {
    const problem = known.versionProblem ?? 'its repository has no version (`version:` in the configuration).';
    return { known, release: { version: '', tag: '', problem } };
  }
  const release = { version, tag: `${repository.version?.prefix ?? ''}${version}` };
  const problem = await versionConflict(deps, withCandidate(run, { known, release }), repository);
  return { known, release: { ...release, ...(problem !== undefined && { problem }) } };
}

/** The run with what would be released, in place of what was before. */
export function withCandidate(run: Run, { known, release }: Candidate): Run {
  const { versionProblem: _unread, ...rest } = run;
  const { problem: _before, ...kept } = run.release ?? { requiredVotes: 0, votes: [] };
  return { ...rest, ...known, release: { ...kept, ...release } };
}

async function versionOf({ versions }: CandidateDeps, run: Run, repository: Repository): Promise<RunVersion> {
  const { version, versionProblem, tag } = run;
  const before = { ...(version && { version }), ...(versionProblem && { versionProblem }), ...(tag && { tag }) };
  if (version || !repository.version) return before;
  const read = await versions.ofCommit(repository, run.branch, run.commit.sha);
  return read.version || read.versionProblem ? read : before;
}

/** Why the version of a run cannot be released, with the next step: somebody else has it. Who does not answer is left out, and that is logged. */
export async function versionConflict(deps: CandidateDeps, run: Run, repository: Repository): Promise<string | undefined> {
  return (
    conflictWithRun(deps.book, run, repository) ??
    (await githubConflict(deps, run, repository)) ??
    (await conflictInRegistry(deps.registry, run, repository, (image, error) =>
      deps.log(`${run.id}: cannot tell whether ${image} already exists: ${messageOf(error)}`),
    ))
  );
}

async function githubConflict({ github, log }: CandidateDeps, run: Run, repository: Repository): Promise<string | undefined> {
  if (!github || !repository.release?.github || !repository.github) return undefined;
  const conflict = await orNothing(log, run, 'releases with its version', () => conflictOnGithub(github, run, repository));
  return conflict && 'taken' in conflict ? conflict.taken : undefined;
}

/** What is asked for; where it cannot be had, that is logged, and the release goes on without it. */
export async function orNothing<T>(log: CandidateDeps['log'], run: Run, what: string, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    log(`${run.id}: cannot determine the ${what}: ${messageOf(error)}`);
    return undefined;
  }
}
