import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../core/errors.ts';

/** Job templates: a plain name is a file of `folder` without `.yaml`, anything with a slash or an ending a path. */
export function templateFiles(folder: string): { read(name: string): Promise<string> } {
  return {
    async read(name) {
      const path = /[/.]/.test(name) ? name : join(folder, `${name}.yaml`);
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        const known = (await readdir(folder).catch(() => []))
          .filter((file) => file.endsWith('.yaml'))
          .map((file) => basename(file, '.yaml'));
        throw new UserError(`there is no template ${name} (looked for ${path}); known are ${known.join(', ')}`);
      }
    },
  };
}
