/** Making folders that pods and images name, and nowhere but where they may be. */
import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, normalize, sep } from 'node:path';
import { realPath, type Scratch } from './command.ts';
import { ConfigError } from './environment.ts';

/** Makes `path`, which with all links followed must lie at or below one of `roots`. Throws ConfigError, and makes nothing, where it does not. */
export async function makeFolder(path: string, roots: readonly string[]): Promise<void> {
  const real = await realOf(path);
  const allowed = await Promise.all(roots.map((root) => realpath(root)));
  if (!allowed.some((root) => real === root || real.startsWith(root + sep)))
    throw new ConfigError(`the folder ${path} leads out of the container's own folders`);
  await mkdir(real, { recursive: true });
}

/** Makes the folder in which a container begins, as its spec or its image names it, and gives where it really lies. Throws ConfigError. */
export async function workingFolder(named: string, scratch: Scratch): Promise<string> {
  const path = normalize(`/${named}`);
  const found = await realPath(path, scratch);
  const folder = found === path ? join(scratch.root, path) : found;
  await makeFolder(folder, [scratch.root, ...scratch.mounts.values()]);
  return folder;
}

/** The path with the links of the part that exists followed. */
async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
    return join(await realOf(dirname(path)), basename(path));
  }
}
