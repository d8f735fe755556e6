import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import type { Watched } from '../core/config.ts';
import { messageOf, UserError } from '../core/errors.ts';
import type { Run } from '../core/run.ts';
import { idParts } from '../core/run-id.ts';
import type { Log } from './log.ts';
import { DurableJson } from './store/durable-json.ts';
import { type FolderLock, type LockTimes, lockFolder } from './store/folder-lock.ts';
import { cleanedNames, type RunFiles, readRunFiles, type SetAside } from './store/run-files.ts';
import { openSeen, type Seen } from './store/seen-file.ts';

/** The records of coxswain: one file per run, and one of what was last seen. */
export interface Store {
  /** The runs as they were last saved, oldest first. */
  runs(): readonly Run[];
  /** Files that were broken when the store was opened, under their new names. */
  readonly setAside: readonly SetAside[];
  /** Resolves when this state of the run, or a newer one that was given meanwhile, is safe on the disk. */
  saveRun(run: Run): Promise<void>;
  forgetRun(id: string): Promise<void>;
  /** A number that no run of this short name ever had; saved before it is given. */
  nextNumber(short: string): Promise<number>;
  /** Branch → commit as last polled; undefined for a repository that never was. */
  seen(repository: string): Readonly<Record<string, string>> | undefined;
  /** By which address and patterns that was; undefined where it was never saved. */
  watched(repository: string): Watched | undefined;
  /** Replaces what was seen of a repository and, where given, what was watched, in one stroke. */
  saw(repository: string, branches: Readonly<Record<string, string>>, watched?: Watched): Promise<void>;
  /** Waits for what is being written and lets another process have the folder. */
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly folder: string;
  readonly log: Log;
  readonly lock?: LockTimes;
}

/**
 * Opens the folder (made where it is missing) and takes it for this process alone.
 * @throws UserError where another process has it or it cannot be read or written
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { folder, log } = options;
  const runFolder = join(folder, 'runs');
  await mkdir(runFolder, { recursive: true }).catch((error: unknown) => {
    throw new UserError(`Cannot make the folder ${runFolder}: ${messageOf(error)}. Check that it is a folder that coxswain may write.`);
  });
  const lock = await lockFolder(folder, log, options.lock);
  try {
    await cleanedNames(folder);
    const files = await readRunFiles(runFolder);
    const seen = await openSeen(join(folder, 'seen.json'));
    const setAside = [...files.setAside, ...seen.setAside];
    for (const { file, reason } of setAside) log.error(`A file was broken and is set aside as ${file}: ${reason}`);
    return new FolderStore(runFolder, lock, { ...files, setAside }, seen.db);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

class FolderStore implements Store {
  readonly setAside: readonly SetAside[];
  readonly #folder: string;
  readonly #lock: FolderLock;
  readonly #seen: Low<Seen>;
  readonly #runs = new Map<string, Run>();
  readonly #files = new Map<string, { db: Low<Run>; adapter: DurableJson<Run> }>();
  readonly #numbers: Map<string, number>;
  readonly #writes = new Set<Promise<void>>();

  constructor(folder: string, lock: FolderLock, files: RunFiles, seen: Low<Seen>) {
    this.setAside = files.setAside;
    this.#folder = folder;
    this.#lock = lock;
    this.#seen = seen;
    this.#numbers = new Map(files.numbers);
    for (const run of files.runs) this.#runs.set(run.id, run);
  }

  runs(): readonly Run[] {
    return [...this.#runs.values()];
  }

  async saveRun(run: Run): Promise<void> {
    const { db } = this.#fileOf(run.id);
    db.data = run;
    this.#noteNumber(run.id);
    await this.#write(() => db.write());
    // A newer state may have been written by the same stroke.
    if (this.#files.get(run.id)?.db === db) this.#runs.set(run.id, db.data);
  }

  async forgetRun(id: string): Promise<void> {
    const { adapter } = this.#fileOf(id);
    this.#files.delete(id);
    this.#runs.delete(id);
    await this.#write(() => adapter.remove());
  }

  async nextNumber(short: string): Promise<number> {
    const { numbers } = this.#seen.data;
    const number = Math.max(Object.hasOwn(numbers, short) ? (numbers[short] ?? 0) : 0, this.#numbers.get(short) ?? 0) + 1;
    this.#seen.data = { ...this.#seen.data, numbers: { ...numbers, [short]: number } };
    await this.#write(() => this.#seen.write());
    return number;
  }

  seen(repository: string): Readonly<Record<string, string>> | undefined {
    const { repositories } = this.#seen.data;
    return Object.hasOwn(repositories, repository) ? repositories[repository] : undefined;
  }

  watched(repository: string): Watched | undefined {
    const { watched = {} } = this.#seen.data;
    return Object.hasOwn(watched, repository) ? watched[repository] : undefined;
  }

  async saw(repository: string, branches: Readonly<Record<string, string>>, by = this.watched(repository)): Promise<void> {
    const known = this.seen(repository);
    if (known && isSame(known, branches) && isSameWatch(this.watched(repository), by)) return;
    const { repositories, watched } = this.#seen.data;
    this.#seen.data = {
      ...this.#seen.data,
      repositories: { ...repositories, [repository]: { ...branches } },
      ...(by && { watched: { ...watched, [repository]: { git: by.git, branches: [...by.branches] } } }),
    };
    await this.#write(() => this.#seen.write());
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

  #fileOf(id: string): { db: Low<Run>; adapter: DurableJson<Run> } {
    const known = this.#files.get(id);
    if (known) return known;
    if (!/^[\w][\w.-]*$/.test(id)) throw new Error(`${JSON.stringify(id)} cannot name the file of a run`);
    const adapter = new DurableJson<Run>(join(this.#folder, `${id}.json`));
    const file = { db: new Low<Run>(adapter, {} as Run), adapter };
    this.#files.set(id, file);
    return file;
  }

  #noteNumber(id: string): void {
    const found = idParts(id);
    if (found) this.#numbers.set(found.short, Math.max(this.#numbers.get(found.short) ?? 0, found.number));
  }
}

function isSameWatch(a: Watched | undefined, b: Watched | undefined): boolean {
  return a?.git === b?.git && a?.branches.join('\n') === b?.branches.join('\n');
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}
