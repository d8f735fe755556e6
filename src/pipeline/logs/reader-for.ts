import type { KubernetesObject } from '../../core/cluster.ts';
import { messageOf } from '../../core/errors.ts';
import type { Reader } from '../../core/logs.ts';
import { wishesOf } from '../stage/stage-objects.ts';

/** A reader by its name in the annotation `coxswain/reader`. @throws UserError where there is none of that name */
export type ReaderNamed = (name: string) => Reader;

/** The name of the reader that a stage with these objects wants. */
export function wantedReader(objects: readonly KubernetesObject[] | undefined): string {
  return objects?.length ? wishesOf(objects).reader : 'plain';
}

/** A stage is not stopped by the name of a reader: its Job runs already. */
export function readerOrPlain(readerNamed: ReaderNamed, name: string, log: (message: string) => void): Reader {
  try {
    return readerNamed(name);
  } catch (error) {
    log(`${messageOf(error)} The log is read as plain text.`);
    return readerNamed('plain');
  }
}
