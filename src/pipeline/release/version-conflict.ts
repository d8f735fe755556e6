import type { Repository } from '../../core/config.ts';
import { markerOf } from '../../core/run/release-parts.ts';
import { type Run, shortSha } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import { compareVersions, isPrerelease, versionOfTag } from '../../core/version/version.ts';
import { bumpFirst } from './bump-first.ts';
import { imageTagStates, type Tags } from './image-tags.ts';
import type { ReleaseGithub } from './ports.ts';
import { doubted, type VersionState, worst } from './version-state.ts';

/** What checking whether a version is free needs from GitHub. */
export type GithubVersions = Pick<ReleaseGithub, 'findRelease' | 'tagSha'>;

/** What is asked whether a version is free. */
export interface ConflictDeps {
  readonly book: RunBook;
  readonly github?: GithubVersions;
  readonly registry: Tags;
  readonly log: (message: string) => void;
}

type Found = Awaited<ReturnType<GithubVersions['findRelease']>>;

/** Whether the version of a run may be released, as the known runs, GitHub and the registries say. */
export async function versionState(deps: ConflictDeps, run: Run, repository: Repository): Promise<VersionState> {
  const other = conflictWithRun(deps.book, run, repository);
  if (other !== undefined) return { state: 'taken', why: other };
  const [github, images] = await Promise.all([githubState(deps, run, repository), imageTagStates(deps.registry, run, repository)]);
  return worst([github, ...images]);
}

/** Whether GitHub has a release or tag of others under a version. */
export async function githubState({ github }: Pick<ConflictDeps, 'github'>, run: Run, repository: Repository): Promise<VersionState> {
  if (!github || !repository.release?.github || !repository.github) return { state: 'free' };
  try {
    const conflict = await conflictOnGithub(github, run, repository);
    return 'taken' in conflict ? { state: 'taken', why: conflict.taken } : { state: 'free' };
  } catch (error) {
    return doubted(`It is not known whether ${run.release?.tag} has already been released on GitHub`, error);
  }
}

/** What GitHub has under the tag of a run: nothing or the run's own release, or (`taken`) what prevents the release, with the next step. */
export async function conflictOnGithub(
  github: GithubVersions,
  run: Run,
  repository: Repository,
): Promise<{ taken: string } | { found: Found }> {
  const { tag = '' } = run.release ?? {};
  const { github: place = '' } = repository;
  const found = await github.findRelease(place, tag, markerOf(run));
  if (found.state === 'published' && !found.ours) {
    return { taken: `${tag} has already been released (${found.release.url}). ${bumpFirst(run, repository)}` };
  }
  const sha = await github.tagSha(place, tag);
  if (sha === undefined || sha === run.commit.sha) return { found };
  const where = `${sha.slice(0, 7)}, not ${shortSha(run.commit)}`;
  return { taken: `The tag ${tag} is at another commit (${where}). ${bumpFirst(run, repository)} ${mistaken}` };
}

const mistaken = 'Or remove that tag, if it was created by mistake.';

/** The same check against the known runs: no run may overwrite what another has released or is releasing. */
export function conflictWithRun(book: RunBook, run: Run, repository: Repository): string | undefined {
  const { tag } = run.release ?? {};
  const other = book.ofRepository(run.repository).find((one) => one.id !== run.id && isOut(one) && one.release?.tag === tag);
  if (!other) return undefined;
  const how = other.state === 'released' ? 'released' : 'being released';
  return `${tag} is already ${how}, by ${other.id}. ${bumpFirst(run, repository)}`;
}

function isOut({ state }: Run): boolean {
  return state === 'releasing' || state === 'released';
}

/**
 * Whether no newer version of the repository is released or being released: GitHub shows only one release as the latest.
 * @param latest the tag of the release that GitHub shows now, if any
 */
export function isNewest(book: RunBook, run: Run, { version: source }: Repository, latest: string | undefined): boolean {
  const prefix = source?.prefix ?? '';
  const own = run.release && versionOfTag(run.release.tag, prefix);
  if (!own) return true;
  const known = book.ofRepository(run.repository).filter((one) => one.id !== run.id && isOut(one));
  return [latest ?? '', ...known.map(({ release }) => release?.tag ?? '')]
    .flatMap((tag) => versionOfTag(tag, prefix) ?? [])
    .every((other) => isPrerelease(other) || compareVersions(other, own) <= 0);
}
