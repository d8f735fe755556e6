import { relative } from 'node:path';
import { crc32 } from 'node:zlib';
import { sourcePaths, walk } from './context.ts';
import type { Directive } from './dockerfile.ts';
import { fullName, imageNameForPull, isScratch } from './names.ts';

const hex = (checksum: number): string => checksum.toString(16);

/** What the chain of cache IDs starts from: Makisu's version and its two options that change layers. */
export const firstSeed = (forceCommit: boolean, modifyFs: boolean): string => hex(crc32(`v0.4.2&{${forceCommit} ${modifyFs}}`));

/**
 * The cache ID of a step, from that of the step before: the same as Makisu 0.4.2 gives. For COPY and ADD the contents of the
 * files count; for FROM the name of the image counts and not what lies under it.
 */
export async function cacheId(directive: Directive, seed: string, context: string): Promise<string> {
  const { meaning, args, commit } = directive;
  if (meaning.kind === 'FROM')
    return hex(crc32(`${seed}FROM${isScratch(meaning.image) ? meaning.image : fullName(imageNameForPull(meaning.image))}`));
  if (meaning.kind !== 'COPY' && meaning.kind !== 'ADD') return hex(crc32(`${seed}${meaning.kind}${args}${commit}`));
  const start = crc32(`${seed}${meaning.kind}${args}`);
  return hex(meaning.from === '' ? await checksumOf(context, meaning.sources, start) : start);
}

async function checksumOf(context: string, sources: readonly string[], start: number): Promise<number> {
  let checksum = start;
  for (const source of sourcePaths(context, sources)) {
    try {
      for await (const { path, entry } of walk(source)) {
        checksum = crc32(relative(context, path) || '.', checksum);
        if (entry.type === 'file') checksum = crc32(await entry.read(), checksum);
        else if (entry.target !== undefined) checksum = crc32(entry.target, checksum);
      }
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file or directory' : (error as Error).message;
      throw new Error(`hash context sources: walk ${source}: prev error during walk: lstat ${source}: ${reason}`);
    }
  }
  return checksum;
}
