import type { Repository } from '../../core/config.ts';
import { attemptedImages } from '../../core/run/release-parts.ts';
import type { Run } from '../../core/run/run.ts';
import { imageTag } from '../../core/version/version.ts';
import type { Manifests } from '../stage/built-image.ts';
import { bumpFirst } from './conflicts.ts';

/**
 * Why no image of a release may be pushed (with the next step): one lies in its registry under the version already. Those that the run, or
 * one of which it is a retry, has begun are not asked for: they may be its own.
 * @param untold hears where a registry does not tell; what it throws is thrown
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
    asked.map(async ({ repository, registry: ports }) => {
      const image = `\`${repository}:${tag}\``;
      try {
        const there = await registry.manifest(repository, tag, ports);
        return there && `${image} is already in the registry${ports === undefined ? '' : ` ${ports}`}. ${bumpFirst(run, of)}`;
      } catch (error) {
        untold(image, error);
        return undefined;
      }
    }),
  );
  return taken.find((sentence) => sentence !== undefined);
}
