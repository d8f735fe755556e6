import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import type { Watched } from '../../core/config.ts';
import { UserError } from '../../core/errors.ts';
import type { LeftOut, Notice, PollNotice } from '../../core/notice.ts';
import type { Run } from '../../core/run/run.ts';
import { idParts } from '../../core/run/run-id.ts';
import type { PendingBump } from '../../core/version/pending-bump.ts';
import { describeFileError } from '../files/files-client.ts';
import type { Log } from '../log/log.ts';
import type { SetAside } from './checked-json.ts';
import { DurableJson } from './durable-json.ts';
import { type FolderLock, type LockTimes, lockFolder } from './folder-lock.ts';
import { openLastSeen, openNumbers } from './last-seen-file.ts';
import { LastSeenRecords } from './last-seen-records.ts';
import { cleanedNames, type RunFile, type RunFiles, readRunFiles, runFile } from './run-files.ts';
import { tighten } from './tighten.ts';

/** coxswain's data: one file per run, one for the last seen commits, and one for the run numbers. */
export interface Store {
  /** The runs as last saved, oldest first. */
  runs(): readonly Run[];
  /** Files that were corrupt when the store was opened, under their new names. */
  readonly setAside: readonly SetAside[];
  /** Resolves when this state of the run, or a newer one passed meanwhile, is safely on disk. */
  saveRun(run: Run): Promise<void>;
  forgetRun(id: string): Promise<void>;
  /** A number that no run of this short name ever had; saved before it is returned. */
  nextNumber(short: string): Promise<number>;
  /** Branch → commit as last polled; undefined for a repository that was never polled. */
  lastSeen(repository: string): Readonly<Record<string, string>> | undefined;
  /** Whether a branch that has vanished was at this commit before. */
  wasAt(repository: string, branch: string, sha: string): boolean;
  /** The git URL and branch patterns used for that; undefined if never saved. */
  watched(repository: string): Watched | undefined;
  /**
   * Replaces what was last seen of a repository and, if given, what was watched and the notice about branches that got no run, in one
   * atomic write.
   */
  saveLastSeen(repository: string, branches: Readonly<Record<string, string>>, watched?: Watched, leftOut?: LeftOut): Promise<void>;
  /** Since when the channel knows that the repository cannot be polled (ISO 8601); undefined: it can. */
  pollProblem(repository: string): string | undefined;
  /** Remembers the problem of the notice, or with one without a problem that it is over, in one atomic write with the notice. */
  savePollProblem(notice: Omit<PollNotice, 'state'>): Promise<void>;
  /** Notices still to be posted. */
  notices(): readonly Notice[];
  noticed(uid: string, state: 'intended' | 'told'): Promise<void>;
  /** The parent of a commit that the bot pushed itself; undefined for any other commit. */
  parentOf(repository: string, sha: string): string | undefined;
  /** Remembers such a commit; the newest hundred per repository are kept. */
  wrote(repository: string, sha: string, parent: string): Promise<void>;
  /** The bump that was begun on a branch and not yet answered; undefined if there is none. */
  pendingBump(repository: string, branch: string): PendingBump | undefined;
  bumping(repository: string, branch: string, bump: PendingBump | undefined): Promise<void>;
  /** Waits for pending writes and releases the lock on the folder. */
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly folder: string;
  readonly log: Log;
  readonly lock?: LockTimes;
}

/**
 * Opens the folder (creating it if missing) and locks it for this process.
 * @throws UserError if another process has the lock, or the folder cannot be read or written
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { folder, log } = options;
  const runFolder = join(folder, 'runs');
  await made(folder, runFolder).catch((error: unknown) => {
    throw unwritable(folder, error);
  });
  const lock = await lockFolder(folder, log, options.lock).catch((error: unknown) => {
    throw unwritable(folder, error);
  });
  try {
    await tighten(folder, log);
    await cleanedNames(folder);
    const files = await readRunFiles(runFolder);
    const seen = await openLastSeen(join(folder, 'seen.json'));
    const numbers = await openNumbers(join(folder, 'numbers.json'));
    const setAside = [...files.setAside, ...seen.setAside, ...numbers.setAside];
    for (const { file, reason } of setAside) log.error(`A file was corrupt and has been set aside as ${file}: ${reason}`);
    return new FolderStore(runFolder, lock, { ...files, setAside }, { lastSeen: seen.db, numbers: numbers.db });
  } catch (error) {
    await lock.release();
    throw unwritable(folder, error);
  }
}

/** Creates the two folders one by one: a single recursive call would report disk problems as a different error. */
async function made(folder: string, runFolder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await mkdir(runFolder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** The error with which the start fails if the folder cannot be used. */
function unwritable(folder: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof UserError || code === undefined) return error;
  const remedy =
    code === 'ENOSPC' || code === 'EDQUOT' ? 'Free up space on it' : 'Make it a folder that the user of coxswain owns and can write to';
  return new UserError(
    `coxswain cannot keep its records in ${folder}: ${describeFileError(error)}. ${remedy}, or set COXSWAIN_DATA to another one.`,
    {
      cause: error,
    },
  );
}

class FolderStore implements Store {
  readonly setAside: readonly SetAside[];
  readonly #folder: string;
  readonly #lock: FolderLock;
  readonly #records: LastSeenRecords;
  readonly #runs = new Map<string, Run>();
  readonly #files = new Map<string, { db: Low<RunFile>; adapter: DurableJson<RunFile> }>();
  readonly #numbers: Map<string, number>;
  readonly #writes = new Set<Promise<void>>();

  constructor(folder: string, lock: FolderLock, files: RunFiles, records: ConstructorParameters<typeof LastSeenRecords>[0]) {
    this.setAside = files.setAside;
    this.#folder = folder;
    this.#lock = lock;
    this.#records = new LastSeenRecords(records, (stroke) => this.#write(stroke));
    this.#numbers = new Map(files.numbers);
    for (const run of files.runs) this.#runs.set(run.id, run);
  }

  runs(): readonly Run[] {
    return [...this.#runs.values()];
  }

  async saveRun(run: Run): Promise<void> {
    const { db } = this.#fileOf(run.id);
    db.data = runFile(run);
    this.#noteNumber(run.id);
    await this.#write(() => db.write());
    // The run may have been forgotten meanwhile, and `db.data` may be a newer state that was written by the same write.
    if (this.#files.get(run.id)?.db !== db) return;
    const { fileVersion: _own, ...saved } = db.data;
    this.#runs.set(run.id, saved);
  }

  async forgetRun(id: string): Promise<void> {
    const { adapter } = this.#fileOf(id);
    this.#files.delete(id);
    this.#runs.delete(id);
    await this.#write(() => adapter.remove());
  }

  nextNumber(short: string): Promise<number> {
    return this.#records.nextNumber(short, this.#numbers.get(short) ?? 0);
  }

  lastSeen(repository: string): Readonly<Record<string, string>> | undefined {
    return this.#records.lastSeen(repository);
  }

  wasAt(repository: string, branch: string, sha: string): boolean {
    return this.#records.wasAt(repository, branch, sha);
  }

  watched(repository: string): Watched | undefined {
    return this.#records.watched(repository);
  }

  saveLastSeen(...[repository, branches, by, leftOut]: Parameters<Store['saveLastSeen']>): Promise<void> {
    return this.#records.saveLastSeen(repository, branches, by, leftOut);
  }

  pollProblem(repository: string): string | undefined {
    return this.#records.pollProblem(repository);
  }

  savePollProblem(notice: Omit<PollNotice, 'state'>): Promise<void> {
    return this.#records.savePollProblem(notice);
  }

  notices(): readonly Notice[] {
    return this.#records.notices();
  }

  noticed(uid: string, state: 'intended' | 'told'): Promise<void> {
    return this.#records.noticed(uid, state);
  }

  parentOf(repository: string, sha: string): string | undefined {
    return this.#records.parentOf(repository, sha);
  }

  wrote(repository: string, sha: string, parent: string): Promise<void> {
    return this.#records.wrote(repository, sha, parent);
  }

  pendingBump(repository: string, branch: string): PendingBump | undefined {
    return this.#records.pendingBump(repository, branch);
  }

  bumping(repository: string, branch: string, bump: PendingBump | undefined): Promise<void> {
    return this.#records.bumping(repository, branch, bump);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#writes);
    await this.#lock.release();
  }

  async #write(stroke: () => Promise<void>): Promise<void> {
    this.#lock.check();
    const writing = stroke();
    this.#writes.add(writing);
    try {
      await writing;
    } finally {
      this.#writes.delete(writing);
    }
  }

  #fileOf(id: string): { db: Low<RunFile>; adapter: DurableJson<RunFile> } {
    const known = this.#files.get(id);
    if (known) return known;
    if (!/^[\w][\w.-]*$/.test(id)) throw new Error(`${JSON.stringify(id)} is not a valid name for the file of a run`);
    const adapter = new DurableJson<RunFile>(join(this.#folder, `${id}.json`));
    const file = { db: new Low<RunFile>(adapter, {} as RunFile), adapter };
    this.#files.set(id, file);
    return file;
  }

  #noteNumber(id: string): void {
    const found = idParts(id);
    if (found) this.#numbers.set(found.short, Math.max(this.#numbers.get(found.short) ?? 0, found.number));
  }
}
