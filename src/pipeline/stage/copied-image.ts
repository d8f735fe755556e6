import type { ImageStage } from '../../core/config.ts';
import type { Run } from '../../core/run/run.ts';
import type { BuiltImage, StageRun } from '../../core/run/stage-run.ts';
import type { Manifests } from './built-image.ts';
import { wishesOf } from './stage-objects.ts';
import { registryName, tagOf } from './stage-values.ts';

/** The digest that a copy must have; undefined for a build. */
export function copied({ objects }: StageRun): string | undefined {
  return objects?.length ? wishesOf(objects).digest : undefined;
}

/**
 * The image that a copy pushes, where its tag has it already: a registry's answer may have been lost after it stored the image, and it may
 * refuse every further push to a tag that exists, even this one. Undefined if the tag has another image, or the registry does not answer.
 */
export async function copyThere(registry: Manifests, run: Run, record: StageRun, stage: ImageStage): Promise<BuiltImage | undefined> {
  const expected = copied(record);
  if (expected === undefined) return undefined;
  const { repository } = stage;
  const tag = tagOf(run, stage);
  const found = await registry.manifest(repository, tag, registryName(stage)).catch(() => undefined);
  return found?.digest === expected ? { repository, tag, digest: expected, bytes: found.bytes } : undefined;
}
