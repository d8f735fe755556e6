import { Low } from 'lowdb';
import { z } from 'zod';
import type { Watched } from '../../core/config.ts';
import type { Notice } from '../../core/notice.ts';
import { putAside, readChecked, type SetAside } from './checked-json.ts';
import { DurableJson } from './durable-json.ts';
import { isExact, type Plain } from './exact.ts';

/** The last number that was given to a run, by the short name of its repository. */
export type Numbers = Readonly<Record<string, number>>;

/** What was last seen in every repository. */
export interface LastSeen {
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

const numbers = z.record(z.string(), z.int());
const texts = z.record(z.string(), z.string());
const notice = z.object({
  uid: z.string(),
  repository: z.string(),
  channel: z.string(),
  at: z.string(),
  count: z.int(),
  branches: z.array(z.string()),
  limit: z.int(),
  state: z.enum(['owed', 'intended']),
});
const seen = z.object({
  numbers,
  repositories: z.record(z.string(), texts),
  watched: z.record(z.string(), z.object({ git: z.string(), branches: z.array(z.string()) })).exactOptional(),
  notices: z.array(notice).exactOptional(),
  own: z.record(z.string(), texts).exactOptional(),
});
isExact<Plain<LastSeen>, Plain<z.infer<typeof seen>>>(true);
isExact<Plain<Numbers>, Plain<z.infer<typeof numbers>>>(true);

/** Opens the file; a broken one is set aside and begun anew. */
export function openLastSeen(path: string): Promise<Opened<LastSeen>> {
  const lost = 'the last seen commits of the branches are lost: the next poll does not start runs for what it finds';
  return opened(path, { numbers: {}, repositories: {} }, { schema: seen, lost });
}

/** The same of the numbers: those of runs that are known are known by their files, too. */
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
