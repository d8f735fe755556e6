import { copyFile, rename } from 'node:fs/promises';
import { Low } from 'lowdb';
import type { z } from 'zod';
import { putAside, readChecked, type SetAside } from './checked-json.ts';
import { DurableJson } from './durable-json.ts';

/** A value that persists across restarts in its own file, which is always written as a whole. */
export interface KeptFile<T> {
  readonly value: T;
  /** Resolves when the value is on disk. If the write fails, the previous value is restored, so that memory and disk agree. */
  keep(value: T): Promise<void>;
}

export interface KeptFileOptions<T> {
  /** The schema of T; use `isExact` to let the compiler check that both are the same. */
  readonly schema: z.ZodType<unknown>;
  /** The value if there is no file yet. */
  readonly empty: T;
  /** Returns the value to use if the file was corrupt; also logs what that means. */
  readonly corrupt: (setAside: SetAside) => T;
}

/**
 * Reads the file once. The replacement for a corrupt one is on disk before this resolves.
 * @throws UserError if it cannot be read right now, or must not be
 */
export async function openKeptFile<T>(path: string, { schema, empty, corrupt }: KeptFileOptions<T>): Promise<KeptFile<T>> {
  const found = await readChecked<T>(path, schema);
  const db = new Low<T>(new DurableJson(path), 'broken' in found ? empty : (found.data ?? empty));
  const keep = async (wanted: T) => {
    const before = db.data;
    db.data = wanted;
    await db.write().catch((error: unknown) => {
      if (db.data === wanted) db.data = before;
      throw error;
    });
  };
  // The corrupt file stays in place until it is replaced: after a crash in between, it must not be treated as missing.
  if ('broken' in found) await keep(corrupt(await putAside(path, found.broken, (to) => copyOrMove(path, to))));
  return {
    get value() {
      return db.data;
    },
    keep,
  };
}

/** Copies the file if possible, so that it stays in place; a folder or an unreadable file is moved instead. */
async function copyOrMove(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch(() => rename(from, to));
}
