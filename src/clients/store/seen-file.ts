import { Low } from 'lowdb';
import type { Watched } from '../../core/config.ts';
import { DurableJson } from './durable-json.ts';
import { putAside, type SetAside } from './run-files.ts';

/** What was last seen in every repository, and the last number given to a run of it. */
export interface Seen {
  readonly numbers: Readonly<Record<string, number>>;
  readonly repositories: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By which address and patterns; older files lack it. */
  readonly watched?: Readonly<Record<string, Watched>>;
}

/** Opens the file; a broken one is set aside and begun anew. */
export async function openSeen(path: string): Promise<{ db: Low<Seen>; setAside: readonly SetAside[] }> {
  const nothing: Seen = { numbers: {}, repositories: {} };
  const db = new Low<Seen>(new DurableJson<Seen>(path), nothing);
  const reason = await db.read().then(
    () => (isSeen(db.data) ? undefined : 'it does not hold what was seen'),
    (error: unknown) => {
      if (error instanceof SyntaxError) return `it is no JSON: ${error.message}`;
      throw error;
    },
  );
  if (!reason) return { db, setAside: [] };
  db.data = nothing;
  return { db, setAside: [await putAside(path, reason)] };
}

function isSeen(data: Seen): boolean {
  const { numbers, repositories, watched = {} } = data;
  return (
    isRecordOf(numbers, Number.isSafeInteger) &&
    isRecordOf(repositories, (each) => isRecordOf(each, isText)) &&
    isRecordOf(watched, isWatched)
  );
}

function isWatched(value: unknown): boolean {
  const { git, branches } = (value ?? {}) as { git?: unknown; branches?: unknown };
  return isText(git) && Array.isArray(branches) && branches.every(isText);
}

function isRecordOf(value: unknown, holds: (each: unknown) => boolean): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(holds);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
