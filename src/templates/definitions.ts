import { suggestion } from './suggestion.ts';
import type { Definition, Node, Template } from './syntax.ts';
import { Complaint, shown } from './template-error.ts';

/**
 * Adds a definition to those of its file, like Go's text/template: an empty one does not replace another one.
 * @throws Complaint if the file has two non-empty ones
 */
export function define(definitions: Map<string, Definition>, name: string, definition: Definition): void {
  const before = definitions.get(name);
  if (!before || isEmpty(before.nodes)) definitions.set(name, definition);
  else if (!isEmpty(definition.nodes)) throw new Complaint(definition.at, `the template ${quoted(name)} is defined twice in this file`);
}

/** Merges the definitions of a later file: non-empty ones replace earlier ones. */
export function redefine(definitions: Map<string, Definition>, later: ReadonlyMap<string, Definition>): void {
  for (const [name, definition] of later) if (!definitions.has(name) || !isEmpty(definition.nodes)) definitions.set(name, definition);
}

/** Whether there is only white space (as defined by Go's unicode.IsSpace), comments and definitions. */
export function isEmpty(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && !/[^\s\u0085]|\ufeff/.test(node.text));
}

/** The name of a template for messages. */
export function quoted(name: string): string {
  return JSON.stringify(shown(name));
}

/** The error for an unknown template, with the names of the existing ones. */
export function unknownTemplate(name: string, { name: own, definitions }: Template): string {
  const names = [...definitions].flatMap(([one, { nodes }]) => (one === own || isEmpty(nodes) ? [] : [one]));
  return `there is no template ${quoted(name)}. ${names.length === 0 ? 'None is defined.' : suggestion(name, names, quoted)}`;
}
