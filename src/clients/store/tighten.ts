import { chmod, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describeFileError } from '../files/files-client.ts';
import type { Log } from '../log/log.ts';

const others = 0o077;

/**
 * Takes from everybody else the rights to a folder and all that is in it: an older version, or a restored copy, may have left more. Links are not followed.
 * What cannot be changed, since it belongs to somebody else, is said and stays as it is.
 */
export async function tighten(folder: string, log: Log): Promise<void> {
  const failed: string[] = [];
  await tightenEach(folder, failed);
  const more = failed.length > 1 ? `, and ${failed.length - 1} more` : '';
  if (failed.length > 0)
    log.warn(
      `Other users can read what coxswain stores: the permissions of ${failed[0]}${more} cannot be changed. Change their owner to its user.`,
    );
}

async function tightenEach(path: string, failed: string[]): Promise<void> {
  try {
    const found = await lstat(path);
    if (!found.isDirectory() && !found.isFile()) return;
    if ((found.mode & others) !== 0) await chmod(path, found.mode & 0o7777 & ~others);
    if (found.isDirectory()) for (const name of await readdir(path)) await tightenEach(join(path, name), failed);
  } catch (error) {
    failed.push(`${path} (${describeFileError(error)})`);
  }
}
