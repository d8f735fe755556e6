import { Low } from 'lowdb';
import { UserError } from '../../core/errors.ts';
import { type Freeze, withFreeze, withoutFreeze } from '../../core/freeze.ts';
import { DurableJson } from './durable-json.ts';

/** What holds releases up, kept over restarts. */
export interface FreezeFile {
  list(): readonly Freeze[];
  /** In place of an older freeze of the same repository; resolves when it is on the disk. */
  freeze(freeze: Freeze): Promise<void>;
  /** Ends the freeze of a repository or, without one, that of all. */
  unfreeze(repository?: string): Promise<void>;
}

/** @throws UserError where the file is broken: a freeze that nobody knows of would let a release out, so the start is refused. */
export async function openFreezes(path: string): Promise<FreezeFile> {
  const db = new Low<{ freezes: Freeze[] }>(new DurableJson(path), { freezes: [] });
  await db.read().catch((error: unknown) => {
    if (error instanceof SyntaxError)
      throw new UserError(`${path} is broken (${error.message}). It says which releases are frozen: mend it, or remove it if none is.`);
    throw error;
  });
  const keep = async (freezes: Freeze[]) => {
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
