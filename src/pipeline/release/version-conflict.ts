import type { Repository } from '../../core/config.ts';
import { messageOf } from '../../core/errors.ts';
import { attemptedImages, markerOf } from '../../core/run/release-parts.ts';
import { type Run, shortSha } from '../../core/run/run.ts';
import type { RunBook } from '../../core/run/run-book.ts';
import { asCommand, quoted } from '../../core/text/quoted.ts';
import { compareVersions, imageTag, isPrerelease, parseVersion, tagOfVersion, versionOfTag } from '../../core/version/version.ts';
import type { Manifests } from '../stage/built-image.ts';
import type { ReleaseGithub } from './ports.ts';

/** What checking whether a version is free needs from GitHub. */
export type GithubVersions = Pick<ReleaseGithub, 'findRelease' | 'tagSha'>;

/** What is asked whether a version is free. */
export interface ConflictDeps {
  readonly book: RunBook;
  readonly github?: GithubVersions;
  readonly registry: Manifests;
  readonly log: (message: string) => void;
}

type Found = Awaited<ReturnType<GithubVersions['findRelease']>>;

/** Why the version of a run is taken and cannot be released, with the next step. A source that does not answer is skipped and logged. */
export async function versionConflict(deps: ConflictDeps, run: Run, repository: Repository): Promise<string | undefined> {
  return (
    conflictWithRun(deps.book, run, repository) ??
    (await githubConflict(deps, run, repository)) ??
    (await conflictInRegistry(deps.registry, run, repository, (image, error) =>
      deps.log(`${run.id}: cannot tell whether ${image} already exists: ${messageOf(error)}`),
    ))
  );
}

async function githubConflict({ github, log }: ConflictDeps, run: Run, repository: Repository): Promise<string | undefined> {
  if (!github || !repository.release?.github || !repository.github) return undefined;
  const conflict = await orNothing(log, run, 'releases with its version', () => conflictOnGithub(github, run, repository));
  return conflict && 'taken' in conflict ? conflict.taken : undefined;
}

/** The result of `ask`; if it fails, that is logged, and the release continues without the result. */
export async function orNothing<T>(log: ConflictDeps['log'], run: Run, what: string, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    log(`${run.id}: cannot determine the ${what}: ${messageOf(error)}`);
    return undefined;
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

/** The next step if a version is taken: another version, set in the way that the repository is configured for. */
export function bumpFirst(run: Run, { version: source }: Repository): string {
  const again = asCommand(`run ${run.repository} ${run.branch}`);
  const place = source?.path === undefined ? 'its file' : `\`${source.path}\``;
  if (source?.from === 'tags') return `Push a tag such as \`${nextTag(run, source.prefix)}\` at this commit, then ${again}.`;
  if (!source || source.write === 'none')
    return `Bump the version in ${place} with a commit to ${quoted(run.branch)}; the run of that commit can be released.`;
  const merged = source.write === 'pull-request' ? ', merge that' : '';
  return `Bump the version (${asCommand(`version ${run.repository} patch ${run.branch}`)})${merged}, then ${again}.`;
}

/** The tag of the next patch version after that of a run; for a pre-release, of the version that it precedes. */
function nextTag(run: Run, prefix: string): string {
  const version = parseVersion(run.release?.version ?? '') ?? { major: 0, minor: 1, patch: 0, pre: [], build: [] };
  const patch = isPrerelease(version) ? version.patch : version.patch + 1;
  return tagOfVersion({ ...version, patch, pre: [], build: [] }, prefix);
}

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

/**
 * Why no image of a release may be pushed (with the next step): one already exists in its registry under the version. Images that the run,
 * or one that it retries, has begun are not checked: they may be its own.
 * @param untold called if a registry does not answer; what it throws is thrown
 */
export async function conflictInRegistry(
  registry: Manifests,
  run: Run,
  of: Repository,
  untold: (image: string, error: unknown) => void,
): Promise<string | undefined> {
  const begun = attemptedImages(run);
  const tag = imageTag(run.release?.version ?? '');
  const asked = (of.release?.images ?? []).filter(({ name }) => !begun.includes(name));
  const taken = await Promise.all(
    asked.map(async ({ repository, registry: outside }) => {
      const image = `\`${repository}:${tag}\``;
      try {
        const there = await registry.manifest(repository, tag, outside);
        return there && `${image} is already in the registry${outside === undefined ? '' : ` ${outside}`}. ${bumpFirst(run, of)}`;
      } catch (error) {
        untold(image, error);
        return undefined;
      }
    }),
  );
  return taken.find((sentence) => sentence !== undefined);
}
