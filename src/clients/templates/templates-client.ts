import { existsSync, readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { TemplateSource, TemplateText } from '../../core/template-source.ts';
import { nearest } from '../../core/text/nearest.ts';
import { describeFileError, isPassing, readText } from '../files/files-client.ts';

/** Maximum number of partials per folder. */
const mostPartials = 100;

/**
 * Job templates: a plain name is a file in `folder` without `.yaml`, anything with a slash or an extension is a path. All may use the
 * partials (`_*.tpl`) in `folder`; a file elsewhere can also use those beside it, which may override the others.
 */
export function templateFiles(folder: string): { read(name: string): Promise<TemplateSource> } {
  return {
    async read(name) {
      const path = pathOf(folder, name);
      const text = await orTrouble(readText(path), `the template ${name} (${path})`, () => noTemplate(folder, name));
      const beside = dirname(path);
      const own = resolve(beside) === resolve(folder) ? [] : await partialsIn(beside, (file) => join(beside, file));
      return { name, text, partials: [...(await partialsIn(folder)), ...own] };
    },
  };
}

/** The partials in a folder, ordered by name. @param called the name used for one in messages */
async function partialsIn(folder: string, called = (file: string) => file): Promise<TemplateText[]> {
  const files = (await orTrouble(readdir(folder), `the folder ${folder}`))
    .filter((file) => file.startsWith('_') && file.endsWith('.tpl'))
    .sort();
  if (files.length > mostPartials)
    throw new UserError(`there are ${files.length} partials (_*.tpl) in ${folder}, more than ${mostPartials}`);
  return Promise.all(
    files.map(async (file) => {
      const path = join(folder, file);
      return { name: called(file), text: await orTrouble(readText(path), `the partial ${path}`) };
    }),
  );
}

/** @throws UserError unless a retry may succeed @param absent the message for a missing file */
async function orTrouble<T>(reading: Promise<T>, what: string, absent?: () => string): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (isPassing(error)) throw error;
    if (absent && (error as NodeJS.ErrnoException).code === 'ENOENT') throw new UserError(absent());
    throw new UserError(`${what} cannot be read: ${describeFileError(error)}`, { cause: error });
  }
}

/** What is wrong with the name of a job template; undefined if its file exists. */
export function templateIssue(folder: string): (name: string) => string | undefined {
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
