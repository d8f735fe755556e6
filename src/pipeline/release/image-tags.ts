import type { ReleaseImage, Repository } from '../../core/config.ts';
import { AccessRefused } from '../../core/errors.ts';
import type { TagState } from '../../core/release/tag-state.ts';
import { attemptedImages, reportedImages } from '../../core/run/release-parts.ts';
import type { Run } from '../../core/run/run.ts';
import { imageTag } from '../../core/version/version.ts';
import { doubtAbout, type Manifests } from '../stage/built-image.ts';
import { bumpFirst } from './bump-first.ts';
import { doubted, type VersionState } from './version-state.ts';

/** What the check for an image needs from registries. */
export interface Tags extends Manifests {
  /** `outside`: name of a registry in the configuration; absent: the cluster's own. Never throws. */
  tag(repository: string, tag: string, outside?: string): Promise<TagState>;
}

/** Whether the images of a release may be pushed under its version. */
export function imageTagStates(registry: Tags, run: Run, of: Repository): Promise<VersionState[]> {
  return Promise.all((of.release?.images ?? []).map((image) => imageTagState(registry, run, of, image)));
}

/** Whether an image may be pushed: nothing has its tag, or what has it is what the run, or one that it retries, is known to have pushed. */
export async function imageTagState(registry: Tags, run: Run, of: Repository, image: ReleaseImage): Promise<VersionState> {
  const tag = imageTag(run.release?.version ?? '');
  const found = await registry.tag(image.repository, tag, image.registry);
  if (found.state === 'free') return found;
  if (found.state === 'unknown') return isUnseen(image, found.error) ? { state: 'free' } : unknownTag(image, tag, found.error);
  try {
    return (await isOwn(registry, run, image, tag)) ? { state: 'free' } : taken(run, of, image, tag);
  } catch (error) {
    return unknownTag(image, tag, error);
  }
}

/** A person has configured that this registry may not be read, and is pushed to all the same. */
function isUnseen({ unreadable }: ReleaseImage, error: unknown): boolean {
  return unreadable === 'push' && error instanceof AccessRefused;
}

/** @throws if the registry does not answer */
async function isOwn(registry: Tags, run: Run, { name, repository, registry: outside }: ReleaseImage, tag: string): Promise<boolean> {
  const reported = reportedImages(run).filter((one) => one.name === name);
  const manifest = reported.length === 0 ? undefined : await registry.manifest(repository, tag, outside);
  return manifest !== undefined && reported.some((one) => doubtAbout(manifest, one) === undefined);
}

function taken(run: Run, of: Repository, image: ReleaseImage, tag: string): VersionState {
  const { name, repository, registry } = image;
  const there = `\`${repository}:${tag}\` is already in the registry${registry === undefined ? '' : ` ${registry}`}`;
  if (!attemptedImages(run).includes(name)) return { state: 'taken', why: `${there}. ${bumpFirst(run, of)}` };
  const why = `${there}, and nothing shows that this release has pushed it. ${bumpFirst(run, of)}`;
  return { state: 'taken', why: `${why} Or, if an earlier attempt left it, delete it there and retry.` };
}

function unknownTag({ repository, registry }: ReleaseImage, tag: string, error: unknown): VersionState {
  const about = `It is not known whether \`${repository}:${tag}\` is already in the registry${registry === undefined ? '' : ` ${registry}`}`;
  const next =
    'Some registries refuse this for an image that does not exist yet, too: push another tag of it first. If nobody may ever read there, `unreadable: push` of the image pushes over whatever has the tag.';
  return doubted(about, error, error instanceof AccessRefused ? next : '');
}
