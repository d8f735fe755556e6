import { posix } from 'node:path';
import type { Source } from './source.ts';

/** The circles of imports among files, those of types too, each as the files that reach each other: `a.ts → b.ts → a.ts` names one way round. */
export function circles(sources: readonly Source[]): string[] {
  const paths = new Set(sources.map(({ path }) => path));
  return circlesOf(new Map(sources.map((source) => [source.path, importsOf(source).filter((path) => paths.has(path))])));
}

/** The same among the folders and files that lie directly in a folder. */
export function circlesOfRooms(sources: readonly Source[], folder: string): string[] {
  const roomOf = (path: string) => (path.startsWith(`${folder}/`) ? path.slice(folder.length + 1).split('/')[0] : undefined);
  const imports = new Map<string, string[]>();
  for (const source of sources) {
    const room = roomOf(source.path);
    if (room === undefined) continue;
    const others = importsOf(source).flatMap((path) => roomOf(path) ?? []);
    imports.set(room, [...(imports.get(room) ?? []), ...others.filter((other) => other !== room)]);
  }
  return circlesOf(imports);
}

function circlesOf(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const reached = new Map([...imports.keys()].map((path) => [path, wayBack(path, imports)]));
  const told = new Set<string>();
  return [...reached].flatMap(([path, way]) => {
    if (!way || told.has(path)) return [];
    for (const one of way) told.add(one);
    return [`${[...way, path].join(' → ')}: a circle of imports`];
  });
}

function importsOf({ path, imports }: Source): string[] {
  return imports.filter(({ from }) => from.startsWith('.')).map(({ from }) => posix.join(posix.dirname(path), from));
}

/** The shortest way from a file over its imports back to itself; undefined where there is none. */
function wayBack(start: string, imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const before = new Map<string, string>();
  for (const at of reach(start, imports, before)) if (imports.get(at)?.includes(start)) return wayTo(at, before);
  return undefined;
}

/** What a file reaches over its imports, the nearest first; `before` gets the file by which each was reached. */
function* reach(start: string, imports: ReadonlyMap<string, readonly string[]>, before: Map<string, string>): Generator<string> {
  const next = [start];
  for (let at = next.shift(); at !== undefined; at = next.shift()) {
    yield at;
    for (const path of imports.get(at) ?? []) {
      if (path === start || before.has(path)) continue;
      before.set(path, at);
      next.push(path);
    }
  }
}

function wayTo(end: string, before: ReadonlyMap<string, string>): string[] {
  const way = [end];
  for (let at = before.get(end); at !== undefined; at = before.get(at)) way.unshift(at);
  return way;
}
