import { chmod, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describeFileError } from '../files/files-client.ts';
import type { Log } from '../log/log.ts';

const others = 0o077;

/**
 * Removes all permissions of group and others from a folder and its content: an older version or a restored backup may have left some.
 * Links are not followed. What cannot be changed, such as files of another owner, is logged as a warning and left as it is.
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
