import { stripTypeScriptTypes } from 'node:module';
import { posix } from 'node:path';
import { type Comment, type Node, type Program, parse, tokenizer } from 'acorn';

/** A file of the project as the rules look at it. */
export interface Source {
  /** From the root of the project, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly program: Program;
  /** Whether a line (from 1) has code: neither blank nor comment alone. */
  readonly isCode: readonly boolean[];
  /** What it imports or exports from elsewhere, types too. */
  readonly imports: readonly { readonly from: string; readonly line: number }[];
}

/**
 * Reads a TypeScript file: Node strips the types in place, so that lines stay, and acorn parses what is left. Comments are found by tokens of the
 * text as it is written, since those inside of types go with the types.
 * @throws SyntaxError for what cannot be stripped, such as an enum.
 */
export function readSource(path: string, text: string): Source {
  const program = parse(stripTypeScriptTypes(keepTypeImports(text)), { ecmaVersion: 'latest', sourceType: 'module', locations: true });
  let isCode: boolean[] | undefined;
  let imports: Source['imports'] | undefined;
  return {
    path,
    text,
    program,
    get isCode() {
      isCode ??= codeLines(text);
      return isCode;
    },
    get imports() {
      imports ??= importsOf(program, text);
      return imports;
    },
  };
}

/** Stripping would take whole imports of types away. */
function keepTypeImports(text: string): string {
  return text.replaceAll(/^(import|export) type (?=[{*]|\w+ from)/gm, '$1      ');
}

function codeLines(text: string): boolean[] {
  const comments: Comment[] = [];
  for (const _ of tokenizer(text, { ecmaVersion: 'latest', sourceType: 'module', onComment: comments }));
  let code = text;
  for (const { start, end } of comments) {
    code = code.slice(0, start) + text.slice(start, end).replaceAll(/[^\n]/g, ' ') + code.slice(end);
  }
  return ['', ...code.split('\n')].map((line) => line.trim() !== '');
}

function importsOf(program: Program, text: string): Source['imports'] {
  const found = [...nodes(program)].flatMap((node) => {
    const source = (node as { source?: { value?: unknown; type?: string } | null }).source;
    return source?.type === 'Literal' && typeof source.value === 'string' ? [{ from: source.value, line: lineOf(node) }] : [];
  });
  // Types by `import('…')` are stripped, so these are looked for in the text.
  const inTypes = [...text.matchAll(/\bimport\('([^']+)'\)/g)].map((match) => ({
    from: match[1] ?? '',
    line: text.slice(0, match.index).split('\n').length,
  }));
  return [...found, ...inTypes.filter(({ line }) => !found.some((other) => other.line === line))];
}

/** What it imports of the project itself, by path from the root. */
export function relativeImports(source: Source): { target: string; line: number }[] {
  return source.imports
    .filter(({ from }) => from.startsWith('.'))
    .map(({ from, line }) => ({ target: posix.join(posix.dirname(source.path), from), line }));
}

/** Every rule asks for all nodes of a file. */
const flat = new WeakMap<Node, readonly Node[]>();

/** A node and all below it. */
export function nodes(node: Node): readonly Node[] {
  const known = flat.get(node);
  if (known) return known;
  const all: Node[] = [];
  collect(node, all);
  flat.set(node, all);
  return all;
}

function collect(node: Node, all: Node[]): void {
  all.push(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child && typeof (child as Node).type === 'string') collect(child as Node, all);
    }
  }
}

export function lineOf(node: Node): number {
  return node.loc?.start.line ?? 0;
}

/** Lines of code between two lines, both included. */
export function linesOfCode(source: Source, first = 1, last = source.isCode.length - 1): number {
  return source.isCode.slice(first, last + 1).filter(Boolean).length;
}
