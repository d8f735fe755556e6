import type { Node } from 'acorn';
import type { Rule } from './rules.ts';
import { lineOf, nodes, relativeImports, type Source } from './source.ts';

/** Whoever sends a request by other means forgets the proxies. client-node brings connections of its own, with the same proxies. */
const mayConnect = ['src/clients/http', 'src/clients/cluster', 'sandbox'];

export const requestsHaveOneDoor: Rule = (source) => {
  if (isBelow(source.path, mayConnect)) return [];
  const sentence = 'requests go through clients/http, which knows the proxies';
  return [...nodes(source.program)]
    .filter((node) => isRequest(node) || bringsRequests(node))
    .map((node) => `${source.path}:${lineOf(node)}: ${sentence}`);
};

/** A server may be made anywhere. */
function bringsRequests(node: Node): boolean {
  const {
    type,
    source,
    specifiers = [],
  } = node as Node & { source?: { value?: unknown }; specifiers?: { imported?: { name?: string } }[] };
  if (type !== 'ImportDeclaration' || !/^node:https?2?$/.test(String(source?.value))) return false;
  return specifiers.some(({ imported }) => ['request', 'get', 'Agent', 'connect', undefined].includes(imported?.name));
}

function isRequest(node: Node): boolean {
  const { type, callee } = node as Node & { callee?: { type: string; name?: string } };
  if (type === 'CallExpression') return callee?.type === 'Identifier' && callee.name === 'fetch';
  return (
    type === 'NewExpression' && callee?.type === 'Identifier' && ['WebSocket', 'EventSource', 'XMLHttpRequest'].includes(callee.name ?? '')
  );
}

/** Whoever starts a program by other means forgets how many may run at the same time. */
const mayStartPrograms = ['src/clients/git/program/run-program', 'sandbox'];

export const programsHaveOneDoor: Rule = (source) => {
  if (isBelow(source.path, mayStartPrograms)) return [];
  return source.imports
    .filter(({ from }) => /^(node:)?(child_process|cluster)$/.test(from))
    .map(
      ({ line }) => `${source.path}:${line}: programs are started by clients/git/program/run-program, which knows how many may run at once`,
    );
};

/** What is read past it would keep its byte order mark. */
const mayReadFiles = ['src/clients/files', 'sandbox'];

export const textsHaveOneDoor: Rule = (source) => {
  if (isBelow(source.path, mayReadFiles)) return [];
  const names = [...nodes(source.program)].filter((node) => {
    const { type, imported } = node as Node & { imported?: { name?: string } };
    return type === 'ImportSpecifier' && /^readFile(Sync)?$/.test(imported?.name ?? '');
  });
  return names.map((node) => `${source.path}:${lineOf(node)}: texts are read by clients/files, which knows byte order marks`);
};

/** The sandbox is a package: it is used through its entry, by its name, and knows nothing of whoever uses it. Tests too are held to that. */
export const sandboxHasOneDoor: Rule = (source) => {
  const isInside = isBelow(source.path, ['sandbox']);
  const sentence = isInside ? 'the sandbox imports nothing from outside' : 'the sandbox is imported as @coxswain/sandbox';
  return relativeImports(source)
    .filter(({ target }) => isBelow(target, ['sandbox']) !== isInside)
    .map(({ line }) => `${source.path}:${line}: ${sentence}`);
};

function isBelow(path: Source['path'], parts: readonly string[]): boolean {
  return parts.some((part) => path === `${part}.ts` || path.startsWith(`${part}/`));
}
