import { suggestion } from './suggestion.ts';
import type { Definition, Node, Template } from './syntax.ts';
import { Complaint, shown } from './template-error.ts';

/**
 * Adds a definition to those of its file, as Go's text/template: one without content changes nothing where there is another one.
 * @throws Complaint where the file has two with content
 */
export function define(definitions: Map<string, Definition>, name: string, definition: Definition): void {
  const before = definitions.get(name);
  if (!before || isEmpty(before.nodes)) definitions.set(name, definition);
  else if (!isEmpty(definition.nodes)) throw new Complaint(definition.at, `the template ${quoted(name)} is defined twice in this file`);
}

/** Takes over the definitions of a file that is read later: they replace those before, but for the ones without content. */
export function redefine(definitions: Map<string, Definition>, later: ReadonlyMap<string, Definition>): void {
  for (const [name, definition] of later) if (!definitions.has(name) || !isEmpty(definition.nodes)) definitions.set(name, definition);
}

/** Only white space, comments and definitions: what Go's unicode.IsSpace calls white space. */
export function isEmpty(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && !/[^\s\u0085]|\ufeff/.test(node.text));
}

/** The name of a template as messages say it. */
export function quoted(name: string): string {
  return JSON.stringify(shown(name));
}

/** Why there is no template of a name, with those that there are. */
export function unknownTemplate(name: string, { name: own, definitions }: Template): string {
  const names = [...definitions].flatMap(([one, { nodes }]) => (one === own || isEmpty(nodes) ? [] : [one]));
  return `there is no template ${quoted(name)}. ${names.length === 0 ? 'None is defined.' : suggestion(name, names, quoted)}`;
}
