import type { Node } from 'acorn';
import { lineOf, linesOfCode, nodes, relativeImports, type Source } from './source.ts';

/** What is wrong in a file, each as `path:line: sentence`. */
export type Rule = (source: Source) => string[];

/** What may be imported beside the files of the own part. A part is a folder or file below the root; the longest that fits counts. */
const reach: Readonly<Record<string, readonly string[] | 'all'>> = {
  'src/main.ts': 'all',
  'src/wiring': 'all',
  'src/cli.ts': 'all',
  'src/cli': 'all',
  'src/config.ts': ['src/config', 'src/core'],
  'src/config': ['src/core'],
  'src/core': [],
  'src/messages': ['src/core'],
  'src/templates': ['src/core'],
  'src/logs': ['src/core'],
  'src/pipeline': ['src/core', 'src/templates', 'src/logs'],
  'src/clients': ['src/core'],
  'src/clients/slack': ['src/core', 'src/messages', 'src/clients'],
  commands: ['src/core'],
  // A package of its own: it starts the bot as a process, by src/main.ts.
  sandbox: [],
};

/** The ends of the tree: nobody imports them but the one that is named. */
const ends: readonly (readonly [end: string, by?: string])[] = [
  ['src/main.ts'],
  ['src/wiring', 'src/main.ts'],
  ['src/cli.ts'],
  ['src/cli', 'src/cli.ts'],
  ['sandbox'],
];

/** The one place of each library. */
const homes: readonly (readonly [library: string, ...homes: string[]])[] = [
  ['@slack/bolt', 'src/clients/slack'],
  ['@slack/web-api', 'src/clients/slack'],
  // Types of blocks only.
  ['@slack/types', 'src/messages', 'src/clients/slack'],
  ['@kubernetes/client-node', 'src/clients/cluster'],
  // Running a command in a container, and reading a file out of it.
  ['ws', 'src/clients/cluster'],
  ['tar-stream', 'src/clients/cluster'],
  ['@octokit/', 'src/clients/github'],
  ['cron-parser', 'src/clients/clock'],
  ['node-schedule', 'src/clients/clock'],
  ['lowdb', 'src/clients/store'],
  // How many programs run at the same time.
  ['p-limit', 'src/clients/git'],
  // client-node hands out its connections as undici's: a log is read over them.
  ['undici', 'src/clients/http', 'src/clients/cluster'],
  // What is written by hand, and what is kept.
  ['zod', 'src/config', 'src/clients'],
  // The ends of one format: what people write, what templates make, what is printed.
  ['yaml', 'src/config', 'src/templates', 'src/cli', 'src/clients/cluster'],
];

function isIn(path: string, part: string): boolean {
  return path === part || path === `${part}.ts` || path.startsWith(`${part}/`);
}

function partOf(path: string): string | undefined {
  return Object.keys(reach)
    .filter((part) => isIn(path, part))
    .sort((a, b) => b.length - a.length)[0];
}

export const importsGoOneWay: Rule = (source) =>
  relativeImports(source).flatMap(({ target, line }) => {
    const own = partOf(source.path);
    if (own === undefined) return [`${source.path}:1: this folder has no part in the drawing`];
    const allowed = reach[own] ?? [];
    const [end, by] = ends.find(([part]) => isIn(target, part)) ?? [];
    if (end && !isIn(source.path, end) && source.path !== by)
      return [`${source.path}:${line}: nobody ${by ? `but ${by} ` : ''}imports ${end}`];
    if (allowed === 'all' || isIn(target, own) || allowed.some((part) => isIn(target, part))) return [];
    return [`${source.path}:${line}: ${own} may not import ${target}`];
  });

/** What every client may use: what sends requests, what reads files, and what is written down. */
const shared = ['http', 'files', 'log'];

/** One client does not know another. */
export const clientsAreApart: Rule = (source) => {
  const client = clientOf(source.path);
  return relativeImports(source).flatMap(({ target, line }) => {
    const other = clientOf(target);
    return client && other && client !== other && !shared.includes(other)
      ? [`${source.path}:${line}: client ${client} imports client ${other}`]
      : [];
  });
};

function clientOf(path: string): string | undefined {
  return /^src\/clients\/([a-z-]+)/.exec(path)?.[1];
}

export const librariesHaveOneHome: Rule = (source) =>
  source.imports.flatMap(({ from, line }) => {
    if (from.startsWith('.') || from.startsWith('node:') || isIn(source.path, 'sandbox')) return [];
    const [, ...at] = homes.find(([library]) => from === library || from.startsWith(library.endsWith('/') ? library : `${library}/`)) ?? [];
    if (at.some((home) => isIn(source.path, home))) return [];
    return [`${source.path}:${line}: ${from} belongs to ${at.join(' or ') || 'no part of the code map'}`];
  });

export const filesAreShort: Rule = (source) => {
  const lines = linesOfCode(source);
  return lines > 220 ? [`${source.path}:1: ${lines} lines of code, at most 220`] : [];
};

export const functionsAreShort: Rule = (source) =>
  [...nodes(source.program)].flatMap((node) => {
    if (!/Function/.test(node.type) || !node.loc) return [];
    const lines = linesOfCode(source, node.loc.start.line, node.loc.end.line);
    return lines > 40 ? [`${source.path}:${node.loc.start.line}: a function of ${lines} lines of code, at most 40`] : [];
  });

/** Each starts a process. */
const mayReadTheEnvironment = ['src/main.ts', 'src/cli.ts', 'sandbox/src/main.ts', 'sandbox/src/makisu.ts', 'sandbox/src/skopeo.ts'];

export const environmentIsHandedIn: Rule = (source) =>
  mayReadTheEnvironment.includes(source.path) ? [] : places(source, isEnvironment, 'process.env is read only where a process starts');

function isEnvironment(node: Node): boolean {
  const { type, object, property } = node as Node & { object?: { name?: string }; property?: { name?: string; value?: unknown } };
  return type === 'MemberExpression' && object?.name === 'process' && (property?.name === 'env' || property?.value === 'env');
}

/** Waits go by the clock that nobody sets, and what is kept of a run by the time that the cluster tells: whoever reads another one says so by its name. */
export const clocksHaveOneDoor: Rule = (source) =>
  source.path === 'src/core/time/clock.ts' || isIn(source.path, 'sandbox')
    ? []
    : places(source, isClock, 'clocks are read by core/time/clock, or come as `now`');

function isClock(node: Node): boolean {
  const {
    type,
    object,
    property,
    callee,
    arguments: given,
  } = node as Node & { object?: { name?: string }; property?: { name?: string }; callee?: { name?: string }; arguments?: unknown[] };
  if (type === 'NewExpression') return callee?.name === 'Date' && given?.length === 0;
  const read = `${object?.name}.${property?.name}`;
  return type === 'MemberExpression' && ['performance.now', 'Date.now', 'process.hrtime', 'process.uptime'].includes(read);
}

export const exportsHaveNames: Rule = (source) =>
  places(source, ({ type }) => type === 'ExportDefaultDeclaration', 'a default export has no name to search for');

/** Only the list of commands and the entry of the sandbox pass on what others export. */
const mayPassOn = ['commands/index.ts', 'sandbox/src/index.ts'];

export const noBarrels: Rule = (source) =>
  mayPassOn.includes(source.path) ? [] : places(source, isPassedOn, 'exports what another file exports');

function isPassedOn(node: Node): boolean {
  const { source } = node as Node & { source?: { value?: unknown } | null };
  return node.type.startsWith('Export') && String(source?.value ?? '').startsWith('.');
}

/** Blocks of Slack have one maker; the stand-in reads them. */
export const onlyMessagesMakeBlocks: Rule = (source) =>
  isIn(source.path, 'src/messages') || isIn(source.path, 'sandbox') ? [] : places(source, isBlockPart, 'blocks are made in messages only');

function isBlockPart(node: Node): boolean {
  const { type, key, value } = node as Node & { key?: { name?: string }; value?: { value?: unknown } };
  return type === 'Property' && key?.name === 'type' && ['section', 'mrkdwn', 'actions', 'plain_text'].includes(String(value?.value));
}

function places(source: Source, is: (node: Node) => boolean, sentence: string): string[] {
  return [...nodes(source.program)].filter(is).map((node) => `${source.path}:${lineOf(node)}: ${sentence}`);
}
