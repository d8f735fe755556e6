import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { Run } from '../../core/run/run.ts';
import { byAge, idParts } from '../../core/run/run-id.ts';
import { before } from '../../core/text/trim.ts';
import { putAside, readChecked, type SetAside } from './checked-json.ts';
import { isTemporary } from './durable-json.ts';
import { migrated, NewerFile, runFileVersion } from './migrations.ts';
import { runSchema } from './run-schema.ts';

export interface RunFiles {
  /** Oldest first. */
  readonly runs: readonly Run[];
  readonly setAside: readonly SetAside[];
  /** The highest number in any file name, by the short name of the repository. */
  readonly numbers: ReadonlyMap<string, number>;
}

const atOnce = 32;

/**
 * Reads all run files in a folder. A corrupt one is renamed to `*.corrupt-<time>`; the others are unaffected.
 * @throws UserError if a file cannot be read right now (a broken disk), or was written by a newer coxswain: a downgrade must not lose it
 */
export async function readRunFiles(folder: string): Promise<RunFiles> {
  const names = await cleanedNames(folder);
  const files = names.filter((name) => name.endsWith('.json'));
  const runs: Run[] = [];
  const setAside: SetAside[] = [];
  for (let i = 0; i < files.length; i += atOnce) {
    const read = await Promise.all(files.slice(i, i + atOnce).map((name) => readRunFile(join(folder, name), name.slice(0, -5))));
    for (const one of read) 'file' in one ? setAside.push(one) : runs.push(one);
  }
  return { runs: runs.sort(byAge), setAside, numbers: highestNumbers(names) };
}

/** Removes temporary files left by a crash and returns the names of the others. */
export async function cleanedNames(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  await Promise.all(names.filter(isTemporary).map((name) => rm(join(folder, name), { force: true })));
  return names.filter((name) => !isTemporary(name));
}

async function readRunFile(path: string, id: string): Promise<Run | SetAside> {
  const found = await readChecked<Run>(path, runSchema, (json) => migratedOf(path, json));
  if ('broken' in found) return await putAside(path, found.broken);
  if (found.data === null) return await putAside(path, 'it is a broken link');
  return found.data.id === id ? found.data : await putAside(path, `it contains the run ${found.data.id}, not ${id}`);
}

function migratedOf(path: string, json: unknown): unknown {
  try {
    return migrated(json);
  } catch (error) {
    if (!(error instanceof NewerFile)) throw error;
    throw new UserError(
      `${path} was written by a newer coxswain: ${error.message}. Nothing was changed. Start that coxswain again, or set COXSWAIN_DATA to another folder.`,
    );
  }
}

/** A run as stored in its file. */
export type RunFile = Run & { readonly fileVersion: number };

export function runFile(run: Run): RunFile {
  return { fileVersion: runFileVersion, ...run };
}

function highestNumbers(names: readonly string[]): Map<string, number> {
  const highest = new Map<string, number>();
  for (const name of names) {
    // Set-aside files count too: their numbers were used.
    const found = idParts(before(name, '.json'));
    if (found) highest.set(found.short, Math.max(highest.get(found.short) ?? 0, found.number));
  }
  return highest;
}
