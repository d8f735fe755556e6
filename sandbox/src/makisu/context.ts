import { globSync } from 'node:fs';
import { lstat, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { trimSigns } from '../trim.ts';

/** A file, folder or link as it goes into a layer. */
export interface Entry {
  readonly type: 'file' | 'directory' | 'symlink';
  readonly mode: number;
  readonly modified: Date;
  /** What a link points at. */
  readonly target?: string;
  read(): Promise<Buffer>;
}

/** Paths from the image's root, without a leading slash, and what lies there. */
export type Tree = Map<string, Entry>;

export const folderEntry = (modified = new Date()): Entry => ({
  type: 'directory',
  mode: 0o755,
  modified,
  read: async () => Buffer.alloc(0),
});

/** The paths that the sources of a COPY name: a pattern names what it matches, anything else itself. */
export function sourcePaths(context: string, sources: readonly string[]): string[] {
  return sources.flatMap((source) => {
    const found = /[*?[]/.test(source) ? globSync(source.replace(/^\/+/, ''), { cwd: context }).sort() : [];
    return found.length === 0 ? [join(context, source)] : found.map((path) => join(context, path));
  });
}

/** Everything at and below a path in the order of Go's filepath.Walk; sockets, devices and pipes are left out. */
export async function* walk(path: string): AsyncGenerator<{ path: string; entry: Entry }> {
  const found = await entryAt(path);
  if (found === undefined) return;
  yield { path, entry: found };
  if (found.type !== 'directory') return;
  for (const name of (await readdir(path)).sort(byBytes)) yield* walk(join(path, name));
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

async function entryAt(path: string): Promise<Entry | undefined> {
  const stats = await lstat(path);
  const shape = { mode: stats.mode & 0o7777, modified: stats.mtime };
  if (stats.isDirectory()) return { ...folderEntry(), ...shape };
  if (stats.isSymbolicLink()) return { ...folderEntry(), ...shape, type: 'symlink', target: await readlink(path) };
  return stats.isFile() ? { type: 'file', ...shape, read: () => readFile(path) } : undefined;
}

/** What a COPY from the build context puts where. A source that leads out of the context is refused. */
export async function copied(context: string, sources: readonly string[], target: string): Promise<Tree> {
  const tree: Tree = new Map();
  const inside = await realpath(context);
  for (const source of sourcePaths(context, sources)) {
    const real = await realpath(source);
    if (real !== inside && !real.startsWith(`${inside}/`))
      throw new Error(`trim root: failed to trim root prefix ${context} from path ${source}`);
    for await (const { path, entry } of walk(real)) {
      const below = relative(real, path);
      if (entry.type === 'directory' && below === '') tree.set(inImage(target), folderEntry());
      else tree.set(below === '' ? fileTarget(target, basename(source)) : inImage(`${target}/${below}`), entry);
    }
  }
  return tree;
}

/** What a COPY from an earlier stage puts where. */
export function copiedFrom(stage: Tree, sources: readonly string[], target: string): Tree {
  const tree: Tree = new Map();
  for (const source of sources.map(inImage)) {
    const found = [...stage].filter(([path]) => source === '' || path === source || path.startsWith(`${source}/`));
    if (found.length === 0) throw new Error(`stat /${source}: no such file or directory (if a RUN line makes it: the sandbox runs none)`);
    for (const [path, entry] of found) {
      const below = relative(`/${source}`, `/${path}`);
      if (below === '' && entry.type === 'directory') tree.set(inImage(target), folderEntry());
      else tree.set(below === '' ? fileTarget(target, basename(source)) : inImage(`${target}/${below}`), entry);
    }
  }
  return tree;
}

const fileTarget = (target: string, name: string): string => inImage(target.endsWith('/') ? `${target}${name}` : target);

/** A path as layers have it: from the root, without a slash at either end. */
export const inImage = (path: string): string => trimSigns(join('/', path), '/');

/** Where a COPY goes: from the working directory, with a slash at the end where it means a folder. */
export function destination(workingDir: string, target: string): string {
  if (target.startsWith('/')) return target;
  const whole = join('/', workingDir, target);
  return /(^|\/)\.{0,2}$/.test(target) && !whole.endsWith('/') ? `${whole}/` : whole;
}
