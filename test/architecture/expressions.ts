import { posix } from 'node:path';
import type { Node } from 'acorn';
import { lineOf, nodes, type Source } from './source.ts';

/** A regular expression of the project. */
export interface Expression {
  /** `path:line` */
  readonly at: string;
  readonly source: string;
  readonly flags: string;
}

type Value = string | { readonly source: string; readonly flags: string };
type AnyNode = Node & Readonly<Record<string, unknown>>;

/** All expressions of a file: those that are written as such, and those that are built of constants. `sources`: by path, for what is imported. */
export function expressionsOf(source: Source, sources: ReadonlyMap<string, Source>): Expression[] {
  return [...nodes(source.program)].flatMap((node) => {
    const value = (node as AnyNode).regex || isConstruction(node as AnyNode) ? constantOf(node as AnyNode, source, sources) : undefined;
    return value === undefined || typeof value === 'string'
      ? []
      : [{ at: `${source.path}:${lineOf(node)}`, source: value.source, flags: value.flags }];
  });
}

/** Where an expression is built of what is known only when it runs: nobody can say beforehand how long it takes. */
export function unknownExpressions(source: Source, sources: ReadonlyMap<string, Source>): string[] {
  return [...nodes(source.program)].flatMap((node) =>
    isConstruction(node as AnyNode) && constantOf(node as AnyNode, source, sources) === undefined ? [`${source.path}:${lineOf(node)}`] : [],
  );
}

function isConstruction({ type, callee }: AnyNode): boolean {
  return (type === 'NewExpression' || type === 'CallExpression') && (callee as AnyNode).name === 'RegExp';
}

/** The value of constant code: texts, expressions, and what is put together of them. Undefined for anything else. */
function constantOf(node: AnyNode, source: Source, sources: ReadonlyMap<string, Source>): Value | undefined {
  const of = (inner: unknown) => constantOf(inner as AnyNode, source, sources);
  const textOf = (inner: unknown) => {
    const value = of(inner);
    return typeof value === 'string' ? value : undefined;
  };
  if (isConstruction(node)) return constructed((node.arguments as AnyNode[]).map(of));
  switch (node.type) {
    case 'Literal': {
      const { pattern, flags } = (node.regex ?? {}) as { pattern?: string; flags?: string };
      return pattern === undefined ? (typeof node.value === 'string' ? node.value : undefined) : { source: pattern, flags: flags ?? '' };
    }
    case 'TemplateLiteral':
      return joined(node, textOf, 'cooked');
    case 'TaggedTemplateExpression':
      return joined(node.quasi as AnyNode, textOf, 'raw');
    case 'BinaryExpression':
      return concatenated([textOf(node.left), textOf(node.right)], '');
    case 'CallExpression':
      return listJoined(node, textOf);
    case 'MemberExpression':
      return sourceOf(node, of);
    case 'Identifier':
      return named(String(node.name), source, sources);
    default:
      return undefined;
  }
}

function constructed([pattern, flags = '']: readonly (Value | undefined)[]): Value | undefined {
  if (pattern === undefined || typeof flags !== 'string') return undefined;
  return { source: typeof pattern === 'string' ? pattern : pattern.source, flags };
}

function concatenated(texts: readonly (string | undefined)[], between: string): string | undefined {
  return texts.includes(undefined) ? undefined : texts.join(between);
}

function joined(node: AnyNode, textOf: (inner: unknown) => string | undefined, kind: 'cooked' | 'raw'): string | undefined {
  const quasis = (node.quasis as { value: { cooked: string; raw: string } }[]).map(({ value }) => value[kind]);
  const inside = (node.expressions as AnyNode[]).map(textOf);
  return concatenated(
    quasis.flatMap((quasi, index) => (index === 0 ? [quasi] : [inside[index - 1], quasi])),
    '',
  );
}

/** `['a', 'b'].join('|')` */
function listJoined(node: AnyNode, textOf: (inner: unknown) => string | undefined): string | undefined {
  const { object, property } = node.callee as AnyNode;
  const list = object as AnyNode | undefined;
  if (list?.type !== 'ArrayExpression' || (property as AnyNode).name !== 'join') return undefined;
  const between = textOf((node.arguments as AnyNode[])[0]);
  return between === undefined ? undefined : concatenated((list.elements as AnyNode[]).map(textOf), between);
}

/** `pattern.source` */
function sourceOf({ object, property }: AnyNode, of: (inner: unknown) => Value | undefined): string | undefined {
  const value = (property as AnyNode).name === 'source' ? of(object) : undefined;
  return typeof value === 'object' ? value.source : undefined;
}

/** The value of a constant at the top of the file, or of the one that it is imported from. */
function named(name: string, source: Source, sources: ReadonlyMap<string, Source>): Value | undefined {
  for (const statement of source.program.body as unknown as AnyNode[]) {
    const declared = statement.type === 'ExportNamedDeclaration' ? (statement.declaration as AnyNode | null) : statement;
    if (declared?.type === 'VariableDeclaration') {
      const found = (declared.declarations as AnyNode[]).find(({ id }) => (id as AnyNode).name === name);
      if (found?.init) return constantOf(found.init as AnyNode, source, sources);
    }
    if (statement.type !== 'ImportDeclaration') continue;
    const imported = (statement.specifiers as AnyNode[]).find(({ local }) => (local as AnyNode).name === name);
    if (!imported) continue;
    const from = String((statement.source as AnyNode).value);
    const target = sources.get(posix.join(posix.dirname(source.path), from));
    return target && named(String((imported.imported as AnyNode | undefined)?.name), target, sources);
  }
  return undefined;
}
