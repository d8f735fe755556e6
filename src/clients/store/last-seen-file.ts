import { Low } from 'lowdb';
import { z } from 'zod';
import type { Watched } from '../../core/config.ts';
import type { Notice } from '../../core/notice.ts';
import type { PendingBump } from '../../core/version/pending-bump.ts';
import { bumps } from '../../core/version/version.ts';
import { putAside, readChecked, type SetAside } from './checked-json.ts';
import { DurableJson } from './durable-json.ts';
import { isExact, type Plain } from './exact.ts';

/** The last run number assigned, by the short name of the repository. */
export type Numbers = Readonly<Record<string, number>>;

/** The last commits of branches that have vanished. */
export type Vanished = Readonly<Record<string, readonly string[]>>;

/** What was last seen in every repository. */
export interface LastSeen {
  /** Numbers assigned by an older version; they now have a separate file, which stays small however many branches there are. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly repositories: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Where branches were that have vanished: branch → commits, newest last; missing in older files. */
  readonly vanished?: Readonly<Record<string, Vanished>>;
  /** The git URL and branch patterns that were polled; missing in older files. */
  readonly watched?: Readonly<Record<string, Watched>>;
  /** Since when repositories cannot be polled, as their channels were told (ISO 8601). */
  readonly pollProblems?: Readonly<Record<string, string>>;
  /** Notices still to be posted. */
  readonly notices?: readonly Notice[];
  /** The commits that the bot pushed itself, each with its parent. */
  readonly own?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Bumps that were begun, by repository and branch. */
  readonly bumps?: Readonly<Record<string, Readonly<Record<string, PendingBump>>>>;
}

const numbers = z.record(z.string(), z.int());
const texts = z.record(z.string(), z.string());
const leftOut = z.object({
  uid: z.string(),
  repository: z.string(),
  channel: z.string(),
  at: z.string(),
  count: z.int(),
  branches: z.array(z.string()),
  limit: z.int(),
  state: z.enum(['owed', 'intended']),
});
const poll = z.object({
  uid: z.string(),
  repository: z.string(),
  channel: z.string(),
  at: z.string(),
  since: z.string(),
  problem: z.string().exactOptional(),
  state: z.enum(['owed', 'intended']),
});
const bump = z.object({ kind: z.enum(bumps), from: z.string(), version: z.string(), parent: z.string(), at: z.string() });
const seen = z.object({
  numbers,
  repositories: z.record(z.string(), texts),
  vanished: z.record(z.string(), z.record(z.string(), z.array(z.string()))).exactOptional(),
  watched: z.record(z.string(), z.object({ git: z.string(), branches: z.array(z.string()) })).exactOptional(),
  pollProblems: texts.exactOptional(),
  notices: z.array(z.union([leftOut, poll])).exactOptional(),
  own: z.record(z.string(), texts).exactOptional(),
  bumps: z.record(z.string(), z.record(z.string(), bump)).exactOptional(),
});
isExact<Plain<LastSeen>, Plain<z.infer<typeof seen>>>(true);
isExact<Plain<Numbers>, Plain<z.infer<typeof numbers>>>(true);

/** Opens the file; a corrupt one is set aside and replaced by an empty one. */
export function openLastSeen(path: string): Promise<Opened<LastSeen>> {
  const lost = 'the last seen commits of the branches are lost: the next poll does not start runs for what it finds';
  return opened(path, { numbers: {}, repositories: {} }, { schema: seen, lost });
}

/** The same for the numbers: those of existing runs are also known from their files. */
export function openNumbers(path: string): Promise<Opened<Numbers>> {
  return opened(path, {}, { schema: numbers, lost: 'numbers of deleted runs may be used again' });
}

interface Opened<T> {
  readonly db: Low<T>;
  readonly setAside: readonly SetAside[];
}

async function opened<T>(path: string, nothing: T, { schema, lost }: { schema: z.ZodType<unknown>; lost: string }): Promise<Opened<T>> {
  const found = await readChecked<T>(path, schema);
  const db = new Low<T>(new DurableJson<T>(path), 'broken' in found ? nothing : (found.data ?? nothing));
  return { db, setAside: 'broken' in found ? [await putAside(path, `${found.broken}; ${lost}`)] : [] };
}
