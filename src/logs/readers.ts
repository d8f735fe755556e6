import { UserError } from '../core/errors.ts';
import type { Reader } from '../core/logs.ts';
import { gitReader } from './git.ts';
import { goTestReader } from './go-test.ts';
import { makisuReader } from './makisu.ts';
import { plainReader } from './plain.ts';
import { skopeoReader } from './skopeo.ts';

/** The readers that a job template may name in its annotation `coxswain/reader`. */
export const readers: Readonly<Record<string, () => Reader>> = {
  git: gitReader,
  'go-test': goTestReader,
  makisu: makisuReader,
  plain: plainReader,
  skopeo: skopeoReader,
};

/**
 * A new reader for one log.
 * @throws UserError if there is none with that name.
 */
export function readerNamed(name: string): Reader {
  const make = Object.hasOwn(readers, name) ? readers[name] : undefined;
  if (!make)
    throw new UserError(
      `There is no log reader ${JSON.stringify(name)}: coxswain/reader must be one of ${Object.keys(readers).join(', ')}.`,
    );
  return make();
}
