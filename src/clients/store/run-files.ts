import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '../../core/errors.ts';
import { nextStates, type Run } from '../../core/run.ts';
import { byAge, idParts } from '../../core/run-id.ts';
import { before } from '../../core/trim.ts';
import { DurableJson, isTemporary } from './durable-json.ts';

export interface SetAside {
  readonly file: string;
  readonly reason: string;
}

export interface RunFiles {
  /** Oldest first. */
  readonly runs: readonly Run[];
  readonly setAside: readonly SetAside[];
  /** The highest number that any file names, by the short name of the repository. */
  readonly numbers: ReadonlyMap<string, number>;
}

const atOnce = 32;

/**
 * Reads all run files of a folder. One that is broken is renamed to `*.corrupt-<time>`; the others are not touched by it.
 * @throws UserError where a file cannot be read at all (rights, a broken disk): that says nothing about its content
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

/** The file that is moved out of the way, so that the next write does not destroy what a person may want to look at. */
export async function putAside(path: string, reason: string): Promise<SetAside> {
  const file = `${path}.corrupt-${new Date().toISOString().replace(/[:.-]/g, '')}`;
  await rename(path, file);
  return { file, reason };
}

/** Removes what a crash left and names the rest. */
export async function cleanedNames(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  await Promise.all(names.filter(isTemporary).map((name) => rm(join(folder, name), { force: true })));
  return names.filter((name) => !isTemporary(name));
}

async function readRunFile(path: string, id: string): Promise<Run | SetAside> {
  try {
    const run = await new DurableJson<unknown>(path).read();
    const mistake = mistakeIn(run, id);
    return mistake ? await putAside(path, mistake) : (run as Run);
  } catch (error) {
    if (error instanceof SyntaxError) return await putAside(path, `it is no JSON: ${error.message}`);
    throw new UserError(`Cannot read ${path}: ${messageOf(error)}. Check the owner and the rights of the folder.`, { cause: error });
  }
}

/** The little that must be right for the file to be a run of ours; its content was written by coxswain itself. */
function mistakeIn(found: unknown, id: string): string | undefined {
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return 'it holds no run';
  const run = found as Partial<Record<keyof Run, unknown>>;
  if (run.id !== id) return `it holds the run ${JSON.stringify(run.id) ?? 'without id'}, not ${id}`;
  const missing = (['uid', 'key', 'repository', 'branch', 'createdAt'] as const).find((key) => typeof run[key] !== 'string');
  if (missing) return `it has no ${missing}`;
  if (!Array.isArray(run.stages) || typeof run.delivery !== 'object' || typeof run.commit !== 'object') return 'it is incomplete';
  return typeof run.state === 'string' && Object.hasOwn(nextStates, run.state) ? undefined : `its state is ${JSON.stringify(run.state)}`;
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
