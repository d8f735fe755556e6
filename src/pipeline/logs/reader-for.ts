import type { KubernetesObject } from '../../core/cluster.ts';
import { messageOf } from '../../core/errors.ts';
import type { Reader } from '../../core/logs.ts';
import { ownReader, wishesOf } from '../stage/stage-objects.ts';

/** A reader by its name in the annotation `coxswain/reader`. @throws UserError if there is none with that name */
export type ReaderNamed = (name: string) => Reader;

/** The name of the reader that a stage with these objects requests. */
function wantedReader(objects: readonly KubernetesObject[] | undefined): string {
  return objects?.length ? wishesOf(objects).reader : 'plain';
}

/** That for one of its containers; of those that prepare, only some have a reader of their own. */
export function readerOf(
  objects: readonly KubernetesObject[] | undefined,
  { name, init }: { readonly name: string; readonly init: boolean },
): string {
  const own = ownReader(objects, name);
  if (own !== undefined) return own;
  if (!init) return wantedReader(objects);
  return name === 'clone' ? 'git' : 'plain';
}

/** An unknown reader does not fail a stage: its Job is already running. */
export function readerOrPlain(readerNamed: ReaderNamed, name: string, log: (message: string) => void): Reader {
  try {
    return readerNamed(name);
  } catch (error) {
    log(`${messageOf(error)} The log is read as plain text.`);
    return readerNamed('plain');
  }
}
