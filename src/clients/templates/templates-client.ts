import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { nearest } from '../../core/text/nearest.ts';
import { fileTrouble, isPassing, readText } from '../files/files-client.ts';

/** Job templates: a plain name is a file of `folder` without `.yaml`, anything with a slash or an ending a path. */
export function templateFiles(folder: string): { read(name: string): Promise<string> } {
  return {
    async read(name) {
      const path = pathOf(folder, name);
      try {
        return await readText(path);
      } catch (error) {
        if (isPassing(error)) throw error;
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new UserError(noTemplate(folder, name));
        throw new UserError(`the template ${name} (${path}) cannot be read: ${fileTrouble(error)}`, { cause: error });
      }
    },
  };
}
/** What is wrong with the name of a job template: undefined where its file is there. */
export function templateMistake(folder: string): (name: string) => string | undefined {
  return (name) => (existsSync(pathOf(folder, name)) ? undefined : noTemplate(folder, name));
}

function pathOf(folder: string, name: string): string {
  return /[/.]/.test(name) ? name : join(folder, `${name}.yaml`);
}

function noTemplate(folder: string, name: string): string {
  const known = existsSync(folder) ? readdirSync(folder).flatMap((file) => (file.endsWith('.yaml') ? [basename(file, '.yaml')] : [])) : [];
  const [near] = nearest(name, known, 1);
  const meant = near === undefined ? '' : `, did you mean ${near}?`;
  return `there is no template ${name} (looked for ${pathOf(folder, name)})${meant}; known are ${known.join(', ')}`;
}
