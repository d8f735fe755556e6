import { copyFile, rename } from 'node:fs/promises';
import { Low } from 'lowdb';
import { z } from 'zod';
import { type Freeze, withFreeze, withoutFreeze } from '../../core/release/freeze.ts';
import { machineTime } from '../../core/time/clock.ts';
import type { Log } from '../log/log.ts';
import { putAside, readChecked } from './checked-json.ts';
import { DurableJson } from './durable-json.ts';
import { isExact, type Plain } from './exact.ts';

/** What holds releases up, kept over restarts. */
export interface FreezeFile {
  list(): readonly Freeze[];
  /** In place of an older freeze of the same repository; resolves when it is on the disk. */
  freeze(freeze: Freeze): Promise<void>;
  /** Ends the freeze of a repository or, without one, that of all. */
  unfreeze(repository?: string): Promise<void>;
}

const form = z.object({
  freezes: z.array(z.object({ repository: z.string().exactOptional(), reason: z.string(), by: z.string(), at: z.string() })),
});
interface Freezes {
  readonly freezes: readonly Freeze[];
}
isExact<Plain<Freezes>, Plain<z.infer<typeof form>>>(true);

/** A broken file is set aside; since nobody knows which releases it held, all are held until a person has said so. */
export async function openFreezes(path: string, log: Log, now: () => Date = machineTime): Promise<FreezeFile> {
  const found = await readChecked<Freezes>(path, form);
  const db = new Low<Freezes>(new DurableJson(path), 'broken' in found ? { freezes: [] } : (found.data ?? { freezes: [] }));
  if ('broken' in found) await holdAll(path, found.broken, { db, log, at: now().toISOString() });
  const keep = async (freezes: readonly Freeze[]) => {
    const before = db.data;
    const wanted = { freezes };
    db.data = wanted;
    await db.write().catch((error: unknown) => {
      // What is not kept is not so: nobody may be told of an end that a release does not know of, or the other way round.
      if (db.data === wanted) db.data = before;
      throw error;
    });
  };
  return {
    list: () => db.data.freezes,
    freeze: (freeze) => keep(withFreeze(db.data.freezes, freeze)),
    unfreeze: (repository) => keep(withoutFreeze(db.data.freezes, repository)),
  };
}

/** The hold is on the disk before the broken file has its new name: a crash in between must not let a release out. */
async function holdAll(path: string, broken: string, { db, log, at }: { db: Low<Freezes>; log: Log; at: string }): Promise<void> {
  const { file, reason } = await putAside(path, broken, (to) => copyOrMove(path, to));
  const why = `the file of the freezes was corrupt and is now ${file}: say which releases are frozen, then \`unfreeze\``;
  log.error(
    `${path} was corrupt (${reason}) and has been set aside as ${file}: until somebody says \`unfreeze\`, all releases are on hold`,
  );
  db.data = { freezes: [{ reason: why, by: 'coxswain', at }] };
  await db.write();
}

/** What can be copied stays in its place until the hold takes it; a folder, or what cannot be read, has to go first. */
async function copyOrMove(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch(() => rename(from, to));
}
