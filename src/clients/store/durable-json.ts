import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Adapter } from 'lowdb';
import { Coalesced } from '../../core/concurrency/serial.ts';
import { readText } from '../files/files-client.ts';

/** Far more than a file of ours has; what is larger would fill the memory. */
const mostBytes = 256 * 1024 ** 2;

/**
 * A lowdb adapter that keeps what it has written: lowdb's own one renames a temporary file too, but never calls fsync,
 * so that a power cut can leave an empty file. Writes of one file follow each other; of those that wait only the newest is written.
 */
export class DurableJson<T> implements Adapter<T> {
  readonly #path: string;
  #text = '';
  readonly #flushes = new Coalesced(() => replaceFile(this.#path, this.#text));

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws SyntaxError where the file is no JSON (an empty one too); null where there is none. */
  async read(): Promise<T | null> {
    const text = await readText(this.#path, mostBytes).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    return text === null ? null : JSON.parse(text);
  }

  /** Resolves when these data or newer ones are on the disk. */
  write(data: T): Promise<void> {
    this.#text = `${JSON.stringify(data)}\n`;
    return this.#flushes.run();
  }

  /** Waits for the writes under way and removes the file. */
  async remove(): Promise<void> {
    await this.#flushes.idle();
    await rm(this.#path, { force: true });
    await syncFolder(dirname(this.#path));
  }
}

/** The name under which `path` is written before it gets its own; what a crash leaves is found by it. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.tmp`);
}

export function isTemporary(name: string): boolean {
  return name.startsWith('.') && name.endsWith('.tmp');
}

/** Writes the file anew: after a crash it holds the text before or this one, whole. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/** The rename itself is only kept once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
