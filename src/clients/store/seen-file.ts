import { Low } from 'lowdb';
import type { Watched } from '../../core/config.ts';
import type { Notice } from '../../core/notice.ts';
import { DurableJson } from './durable-json.ts';
import { putAside, type SetAside } from './run-files.ts';

/** The last number that was given to a run, by the short name of its repository. */
export type Numbers = Readonly<Record<string, number>>;

/** What was last seen in every repository. */
export interface Seen {
  /** As an older version has given them; now they have a file of their own, which is short however many branches there are. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly repositories: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By which address and patterns; older files lack it. */
  readonly watched?: Readonly<Record<string, Watched>>;
  /** What channels are still to be told. */
  readonly notices?: readonly Notice[];
  /** The commits that the bot has pushed itself, and what each stands on. */
  readonly own?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Opens the file; a broken one is set aside and begun anew. */
export function openSeen(path: string): Promise<Opened<Seen>> {
  return opened(path, { numbers: {}, repositories: {} }, isSeen, 'what was seen');
}

/** The same of the numbers: those of runs that are known are known by their files, too. */
export function openNumbers(path: string): Promise<Opened<Numbers>> {
  return opened(path, {}, (data) => isRecordOf(data, Number.isSafeInteger), 'the numbers of runs');
}

interface Opened<T> {
  readonly db: Low<T>;
  readonly setAside: readonly SetAside[];
}

async function opened<T>(path: string, nothing: T, isRight: (data: T) => boolean, what: string): Promise<Opened<T>> {
  const db = new Low<T>(new DurableJson<T>(path), nothing);
  const reason = await db.read().then(
    () => (isRight(db.data) ? undefined : `it does not hold ${what}`),
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
  const { numbers, repositories, watched = {}, notices = [], own = {} } = data;
  return (
    isRecordOf(numbers, Number.isSafeInteger) &&
    isRecordOf(repositories, (each) => isRecordOf(each, isText)) &&
    isRecordOf(watched, isWatched) &&
    isRecordOf(own, (each) => isRecordOf(each, isText)) &&
    Array.isArray(notices) &&
    notices.every(isNotice)
  );
}

function isWatched(value: unknown): boolean {
  const { git, branches } = (value ?? {}) as { git?: unknown; branches?: unknown };
  return isText(git) && isListOfText(branches);
}

function isNotice(value: unknown): boolean {
  const { count, limit, branches, state, ...texts } = (value ?? {}) as Partial<Record<keyof Notice, unknown>>;
  const { uid, repository, channel, at } = texts;
  const isKnown = state === 'owed' || state === 'intended';
  return [uid, repository, channel, at].every(isText) && isKnown && [count, limit].every(Number.isSafeInteger) && isListOfText(branches);
}

function isListOfText(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isRecordOf(value: unknown, holds: (each: unknown) => boolean): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(holds);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
