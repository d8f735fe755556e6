import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { messageOf } from '../core/errors.ts';
import { ConfigError, type ConfigIssue } from './config-error.ts';

/** Steps from the root of a document to a value. */
export type Path = readonly (string | number)[];

/** An issue at a path in the file, before its line is determined. */
export type RuleIssue = readonly [path: Path, message: string];

/** A YAML file whose values can be located by line and column. */
export interface SourceDocument {
  readonly file: string;
  readonly value: unknown;
  /** Issues that leave the values readable, e.g. a duplicate key. */
  readonly mistakes: readonly ConfigIssue[];
  /** An issue at a value or, if the value is missing, at the map that should contain it. */
  mistake(path: Path, message: string): ConfigIssue;
  /** Every string in the file with its path. */
  texts(): Iterable<{ readonly path: Path; readonly text: string }>;
}

/** @throws ConfigError with every location if the text is not valid YAML */
export function readDocument(text: string, file: string): SourceDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const found = document.errors.map((error) => ({ code: error.code, mistake: { ...at(error.pos[0]), message: error.message } }));
  const issues = found.map(({ mistake: issue }) => issue);
  if (found.some(({ code }) => code !== 'DUPLICATE_KEY')) throw new ConfigError(firstOfEachLine(issues));
  return {
    file,
    value: plain(document, file),
    mistakes: issues,
    mistake: (path, message) => ({ ...at(offsetOf(document, path)), path: pathText(path), message }),
    texts: () => texts(document.contents, []),
  };
}

/** One broken line causes several parser errors; the first one is the helpful one. */
function firstOfEachLine(issues: readonly ConfigIssue[]): ConfigIssue[] {
  return issues.filter(({ line }, index) => issues.findIndex((other) => other.line === line) === index);
}

function plain(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // The parser's own errors are written for people, whatever their class.
    throw new ConfigError([{ file, message: error instanceof Error ? error.message : messageOf(error) }]);
  }
}

/** `repositories[0].stages[1].test` */
function pathText(path: Path): string {
  return path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : text ? `${text}.${step}` : step), '');
}

/** Offset of the key of the last step that exists. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    const next: unknown = isMap(node) ? pairOf(document, node, String(step)) : isSeq(node) ? node.items[Number(step)] : undefined;
    if (next === undefined) break;
    offset = isPair(next) ? startOf(next.key) : startOf(next);
    node = isPair(next) ? next.value : next;
  }
  return offset;
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

/** The pair of a key, even if merged by `<<`. */
function pairOf(document: Document, map: YAMLMap, key: string): Pair | undefined {
  const own = map.items.find((pair) => keyOf(pair) === key);
  if (own) return own;
  for (const merged of map.items.filter((pair) => keyOf(pair) === '<<')) {
    const sources = isSeq(merged.value) ? merged.value.items : [merged.value];
    for (const source of sources) {
      const target = isAlias(source) ? source.resolve(document) : source;
      const pair = isMap(target) ? pairOf(document, target, key) : undefined;
      if (pair) return pair;
    }
  }
  return undefined;
}

function keyOf(pair: Pair): string {
  if (!isScalar(pair.key)) return '';
  return typeof pair.key.value === 'symbol' ? (pair.key.value.description ?? '') : String(pair.key.value);
}

function* texts(node: unknown, path: Path): Iterable<{ path: Path; text: string }> {
  if (isScalar(node) && typeof node.value === 'string') yield { path, text: node.value };
  if (isMap(node)) for (const pair of node.items) yield* texts(pair.value, [...path, keyOf(pair)]);
  if (isSeq(node)) for (const [index, item] of node.items.entries()) yield* texts(item, [...path, index]);
}
