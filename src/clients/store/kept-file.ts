import { copyFile, rename } from 'node:fs/promises';
import { Low } from 'lowdb';
import type { z } from 'zod';
import { putAside, readChecked, type SetAside } from './checked-json.ts';
import { DurableJson } from './durable-json.ts';

/** A value that is kept over restarts in a file of its own, which is written whole. */
export interface KeptFile<T> {
  readonly value: T;
  /** Resolves when the value is on the disk. Where the write fails, the value is the one before, for what is not kept is not so. */
  keep(value: T): Promise<void>;
}

export interface KeptFileOptions<T> {
  /** Of T: where both are to be the same for the compiler, `isExact` says so. */
  readonly schema: z.ZodType<unknown>;
  /** The value where there is no file yet. */
  readonly empty: T;
  /** The value where the file was corrupt; also says in the log what that means. */
  readonly corrupt: (setAside: SetAside) => T;
}

/**
 * Reads the file once. What stands for a corrupt one is on the disk before the start goes on.
 * @throws UserError where it cannot be read at this moment, or must not be
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
  // The corrupt file stays in its place until it is replaced: a crash in between must not make an empty one of it.
  if ('broken' in found) await keep(corrupt(await putAside(path, found.broken, (to) => copyOrMove(path, to))));
  return {
    get value() {
      return db.data;
    },
    keep,
  };
}

/** What can be copied stays in its place; a folder, or what cannot be read, has to go first. */
async function copyOrMove(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch(() => rename(from, to));
}
