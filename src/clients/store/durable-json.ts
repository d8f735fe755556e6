import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Adapter } from 'lowdb';
import { Coalesced } from '../../core/concurrency/serial.ts';
import { readText } from '../files/files-client.ts';

/** Far more than any of our files has; anything larger would exhaust memory. */
const mostBytes = 256 * 1024 ** 2;

/**
 * A lowdb adapter with durable writes: lowdb's own adapter renames a temporary file too, but never calls fsync,
 * so a power cut can leave an empty file. Writes to one file are serialized; of those waiting, only the newest is written.
 */
export class DurableJson<T> implements Adapter<T> {
  readonly #path: string;
  #text = '';
  readonly #flushes = new Coalesced(() => replaceFile(this.#path, this.#text));

  constructor(path: string) {
    this.#path = path;
  }

  /** Returns null if there is no file. @throws SyntaxError if the file is not JSON (or is empty) */
  async read(): Promise<T | null> {
    const text = await readText(this.#path, mostBytes).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    return text === null ? null : JSON.parse(text);
  }

  /** Resolves when this or newer data is on disk. */
  write(data: T): Promise<void> {
    this.#text = `${JSON.stringify(data)}\n`;
    return this.#flushes.run();
  }

  /** Waits for pending writes and removes the file. */
  async remove(): Promise<void> {
    await this.#flushes.idle();
    await rm(this.#path, { force: true });
    await syncFolder(dirname(this.#path));
  }
}

/** The temporary name under which `path` is written before it is renamed; leftovers of a crash are recognized by it. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.tmp`);
}

export function isTemporary(name: string): boolean {
  return name.startsWith('.') && name.endsWith('.tmp');
}

/** Replaces the file atomically: after a crash it contains either the previous text or this one. */
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

/** The rename itself is durable only once its folder is synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
