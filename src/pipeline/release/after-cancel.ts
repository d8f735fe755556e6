import type { Repository } from '../../core/config.ts';
import { isForGood, messageOf } from '../../core/errors.ts';
import { noteRefusal } from '../../core/run/refusals.ts';
import { isUntouched } from '../../core/run/release-parts.ts';
import type { Run } from '../../core/run/run.ts';
import { releaseImages } from '../../core/run/stages.ts';
import { imageTag } from '../../core/version/version.ts';
import { type GithubDeps, type Leftovers, leftoversOnGithub, withDraft } from './github.ts';
import type { Tags } from './image-tags.ts';

/** What the check after a cancellation needs. */
export type AfterCancelDeps = GithubDeps & { readonly registry: Pick<Tags, 'tag'> };

/** How long a deleted Job may still push: the grace period of its pod (30 s), and some time for the registry. */
const graceMs = 60_000;
/** How long a registry or GitHub is retried if it does not answer. */
const patienceMs = 3_600_000;

/** Whether a run was cancelled in the middle of its release, and its leftovers are not known yet. */
export function mayHaveLeft({ state, release }: Run, repository: Repository | undefined): repository is Repository {
  return state === 'cancelled' && release?.github !== undefined && !release.leftovers && repository !== undefined;
}

/**
 * Checks what a release that was cancelled midway has left: an image that its Job pushed before it stopped, a draft on GitHub. Both are
 * recorded in the run. Returns when to check (again), undefined if there is nothing left to check.
 */
export async function lookAfterCancel(deps: AfterCancelDeps, run: Run, repository: Repository | undefined): Promise<number | undefined> {
  if (!mayHaveLeft(run, repository)) return undefined;
  // An end time far in the future was written while the clock was wrong.
  const waited = Math.abs(deps.now().getTime() - Date.parse(run.endedAt ?? ''));
  if (waited < graceMs) return graceMs - waited;
  const found = await pushedImages(deps, run, repository, waited > patienceMs);
  const { draft } = await draftLeft(deps, run, repository, waited > patienceMs);
  await deps.book.change(run.id, (now) => {
    const { release, ...rest } = withDraft(now, draft);
    return release ? { ...rest, release: { ...release, leftovers: { images: found } } } : now;
  });
  return undefined;
}

/** @throws if GitHub is unavailable at present */
async function draftLeft(deps: AfterCancelDeps, run: Run, repository: Repository, isLate: boolean): Promise<Leftovers> {
  try {
    const left = await leftoversOnGithub(deps, run, repository);
    if (left.is === 'published') await noteRefusal(deps.book, run.id, 'draft', publishedAllTheSame(left));
    return left;
  } catch (error) {
    if (!isLate && !isForGood(error)) throw error;
    await noteRefusal(deps.book, run.id, 'draft', `It is not known whether a draft is on GitHub: ${messageOf(error)}`);
    const { draft } = run.release?.github ?? {};
    return { ...(draft && { draft }) };
  }
}

function publishedAllTheSame({ published = '' }: Leftovers): string {
  return `Its GitHub release has been published all the same: ${published} . Delete it and its tag, if nobody is to use it.`;
}

/** @throws if the registry is unavailable at present */
async function pushedImages(deps: AfterCancelDeps, run: Run, repository: Repository, isLate: boolean): Promise<string[]> {
  const tag = imageTag(run.release?.version ?? '');
  const attempted = releaseImages(run).filter((image) => !isUntouched(image));
  const found: string[] = [];
  for (const { name } of attempted) {
    const image = repository.release?.images.find((one) => one.name === name);
    if (!image) continue;
    const there = await deps.registry.tag(image.repository, tag, image.registry);
    if (there.state === 'taken') found.push(`${image.repository}:${tag}`);
    if (there.state !== 'unknown') continue;
    if (!isLate && !isForGood(there.error)) throw there.error;
    const why = `It is not known whether \`${image.repository}:${tag}\` was pushed before the end: ${messageOf(there.error)}`;
    await noteRefusal(deps.book, run.id, `pushed ${name}`, why);
  }
  return found;
}
