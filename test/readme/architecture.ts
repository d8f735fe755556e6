import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { nextStates } from '../../src/core/run/run.ts';
import { readSource } from '../architecture/source.ts';

const root = new URL('../../', import.meta.url);

/** The parts of `docs/architecture.md` that are made, by the name of their marker. */
export function drawings(): Readonly<Record<string, string>> {
  const imports = readImports();
  return {
    parts: flowchart(between(imports, partOf)),
    pipeline: flowchart(between(imports, roomOf('src/pipeline')).filter(([from]) => !joins.includes(from))),
    states: states(),
  };
}

/** A file of a story: a line `3. \`src/x.ts\`: what happens there`. */
export interface Told {
  readonly path: string;
  readonly sentence: string;
}

/** The files of the numbered list below a heading, in their order. */
export function storyOf(page: string, heading: string): Told[] {
  const [, after = ''] = page.split(`\n${heading}\n`);
  const [section = ''] = after.split('\n## ');
  return [...section.matchAll(/^\d+\. `([^`]+)`: (.+)$/gm)].map(([, path = '', sentence = '']) => ({ path, sentence }));
}

/** They know every room; their arrows would say nothing. */
const joins = ['pipeline', 'ports'];

type Import = readonly [from: string, to: string];

function readImports(): Import[] {
  return globSync('{src,commands}/**/*.ts', { cwd: root }).flatMap((path) => {
    const { imports } = readSource(path, readFileSync(new URL(path, root), 'utf8'));
    return imports.filter(({ from }) => from.startsWith('.')).map(({ from }): Import => [path, posix.join(posix.dirname(path), from)]);
  });
}

/** Which part of the product a file belongs to. What everything imports is left out: it would hide the rest. */
function partOf(path: string): string | undefined {
  const [top = '', next = ''] = path.split('/');
  if (top !== 'src') return top;
  const part = next.replace('.ts', '');
  if (part === 'core') return undefined;
  return part === 'wiring' ? 'main' : part;
}

function roomOf(folder: string): (path: string) => string | undefined {
  return (path) =>
    path.startsWith(`${folder}/`)
      ? path
          .slice(folder.length + 1)
          .split('/')[0]
          ?.replace('.ts', '')
      : undefined;
}

function between(imports: readonly Import[], nameOf: (path: string) => string | undefined): Import[] {
  const arrows = new Set<string>();
  for (const [from, to] of imports) {
    const [a, b] = [nameOf(from), nameOf(to)];
    if (a && b && a !== b) arrows.add(`${a} ${b}`);
  }
  return [...arrows].sort().map((arrow) => arrow.split(' ') as [string, string]);
}

function mermaid(kind: string, arrows: readonly Import[]): string {
  return ['```mermaid', kind, ...arrows.map(([from, to]) => `  ${from} --> ${to}`), '```'].join('\n');
}

function flowchart(arrows: readonly Import[]): string {
  return mermaid('flowchart TD', arrows);
}

function states(): string {
  const arrows = Object.entries(nextStates).flatMap(([from, to]) => to.map((next): Import => [from, next]));
  return mermaid('stateDiagram-v2', [['[*]', 'queued'], ...arrows]);
}
