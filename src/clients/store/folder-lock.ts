import { randomUUID } from 'node:crypto';
import { linkSync, renameSync, rmSync } from 'node:fs';
import { link, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, UserError } from '../../core/errors.ts';
import { machineTime, monotonic } from '../../core/time/clock.ts';
import { readTextNow } from '../files/files-client.ts';
import type { Log } from '../log/log.ts';
import { temporaryName } from './durable-json.ts';
import { type ProcessMark, stateOf, thisProcess } from './process-mark.ts';

export interface FolderLock {
  /** @throws UserError if another process has taken over the folder meanwhile. */
  check(): void;
  release(): Promise<void>;
}

export interface LockTimes {
  readonly beatMs: number;
  /** After this time without renewal, a lock from another machine or container is considered stale. */
  readonly staleMs: number;
}

const settleMs = 200;

/**
 * Locks a folder for this process. The stale lock of a killed process is detected by pid and start time if it ran here,
 * otherwise by the missing renewals (a restarted container has other pids).
 * @throws UserError if another process has the lock
 */
export async function lockFolder(folder: string, log: Log, times: LockTimes = { beatMs: 3_000, staleMs: 15_000 }): Promise<FolderLock> {
  const path = join(folder, 'lock');
  const self = thisProcess();
  for (let tries = 0; !(await taken(path, self, tries > 0)); tries++) {
    const holder = holderOf(path);
    if (holder && stateOf(holder, self) === 'unknown') {
      log.info(`${folder} was in use by ${words(holder)}: waiting up to ${times.staleMs / 1000} s to see whether it still is`);
    }
    if (holder && (tries > 4 || (await isHeld(path, holder, self, times)))) throw inUse(folder, holder);
    removeStale(path, holder);
  }
  return new HeldLock(path, self, log, times.beatMs);
}

class HeldLock implements FolderLock {
  readonly #path: string;
  readonly #self: ProcessMark;
  readonly #log: Log;
  readonly #beat: NodeJS.Timeout;
  #lost: UserError | undefined;

  constructor(path: string, self: ProcessMark, log: Log, beatMs: number) {
    this.#path = path;
    this.#self = self;
    this.#log = log;
    this.#beat = setInterval(() => void this.#renew(), beatMs).unref();
  }

  check(): void {
    if (this.#lost) throw this.#lost;
  }

  async release(): Promise<void> {
    clearInterval(this.#beat);
    if (holderOf(this.#path)?.id === this.#self.id) await rm(this.#path, { force: true });
  }

  async #renew(): Promise<void> {
    try {
      const holder = holderOf(this.#path);
      if (holder?.id === this.#self.id) return await utimes(this.#path, machineTime(), machineTime());
      clearInterval(this.#beat);
      this.#lost = new UserError(`${this.#path} was taken over by ${holder ? words(holder) : 'someone'}: stop one of the two processes.`);
      this.#log.error(this.#lost.message);
    } catch (error) {
      this.#log.warn(`The lock ${this.#path} cannot be renewed: ${messageOf(error)}`);
    }
  }
}

/** Creates the lock atomically: it is written under another name and then linked. */
async function taken(path: string, self: ProcessMark, fromDead: boolean): Promise<boolean> {
  const draft = temporaryName(`${path}-${self.id}`);
  await writeFile(draft, JSON.stringify(self), { mode: 0o600 });
  try {
    await link(draft, path);
    // If several processes replace a stale lock, one may have moved away the lock of another: the last one wins.
    if (fromDead) await sleep(settleMs);
    return !fromDead || holderOf(path)?.id === self.id;
  } catch (error) {
    // ENOENT: the process that now has the folder cleaned up our temporary file.
    if (['EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Undefined if the lock no longer exists or its content is invalid. */
function holderOf(path: string): ProcessMark | undefined {
  try {
    const mark = JSON.parse(readTextNow(path));
    return typeof mark?.id === 'string' && typeof mark.pid === 'number' ? mark : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function isHeld(path: string, holder: ProcessMark, self: ProcessMark, times: LockTimes): Promise<boolean> {
  const state = stateOf(holder, self);
  if (state !== 'unknown') return state === 'alive';
  const first = await renewedAt(path);
  let last = first;
  // A clock that is ahead, or changed meanwhile, must not make us wait longer.
  const until = monotonic() + times.staleMs - Math.max(0, machineTime().getTime() - first);
  while (last === first && monotonic() < until) {
    await sleep(times.beatMs / 4);
    last = await renewedAt(path);
  }
  return last !== 0 && last !== first;
}

/** 0 if the lock is gone. */
async function renewedAt(path: string): Promise<number> {
  return await stat(path).then(
    (found) => found.mtimeMs,
    () => 0,
  );
}

/** Moves the stale lock away right after a last check; if another process was faster nevertheless, its lock is put back. */
function removeStale(path: string, dead: ProcessMark | undefined): void {
  const aside = temporaryName(`${path}-${randomUUID()}`);
  if (holderOf(path)?.id !== dead?.id) return;
  attempt(() => renameSync(path, aside));
  const moved = holderOf(aside);
  if (moved && moved.id !== dead?.id) attempt(() => linkSync(aside, path));
  rmSync(aside, { force: true });
}

function attempt(change: () => void): void {
  try {
    change();
  } catch {
    // Another process did it first.
  }
}

function inUse(folder: string, holder: ProcessMark): UserError {
  return new UserError(
    `The folder ${folder} is in use by ${words(holder)}. Only one coxswain can use it: stop that one, or use another folder for this one.`,
  );
}

function words(holder: ProcessMark): string {
  return `process ${holder.pid} on ${holder.host} (since ${holder.since})`;
}
