import type { TemplateText } from '../core/template-source.ts';
import { Cursor } from './cursor.ts';
import { define, isEmpty, quoted, redefine } from './definitions.ts';
import { lex } from './lex.ts';
import { parseNodes } from './parse-nodes.ts';
import { Sources } from './sources.ts';
import type { Definition, Template, Token } from './syntax.ts';
import { Complaint } from './template-error.ts';

/**
 * Parses a template in the syntax of Go's text/template, as if its partials were parsed before it: its own definitions replace theirs.
 * @throws TemplateError
 */
export function parseTemplate(name: string, text: string, partials: readonly TemplateText[] = []): Template {
  const sources = new Sources();
  const definitions = new Map<string, Definition>();
  try {
    let own = new Map<string, Definition>();
    for (const file of [...partials, { name, text }]) {
      own = parseFile(file, sources.add(file.name, file.text));
      redefine(definitions, own);
    }
    return { name, nodes: own.get(name)?.nodes ?? [], sources, definitions };
  } catch (error) {
    throw error instanceof Complaint ? sources.errorOf(error) : error;
  }
}

/** The definitions of a file, including its own text. @param start the offset at which it begins */
function parseFile({ name, text }: TemplateText, start: number): Map<string, Definition> {
  const cursor = new Cursor(tokensOf(text, start), start + text.length);
  const { nodes, stop } = parseNodes(cursor);
  if (stop)
    throw new Complaint(stop.at, `{{ ${stop.text} }} without an open {{ if }}, {{ with }}, {{ range }}, {{ define }} or {{ block }}`);
  const { definitions } = cursor;
  const same = definitions.get(name);
  if (same && !isEmpty(same.nodes) && !isEmpty(nodes)) throw new Complaint(same.at, `this file itself is the template ${quoted(name)}`);
  define(definitions, name, { at: start, nodes });
  return definitions;
}

function tokensOf(text: string, start: number): Token[] {
  try {
    return lex(text).map((token) => ({ ...token, at: token.at + start }));
  } catch (error) {
    throw error instanceof Complaint ? new Complaint(error.at + start, error.message) : error;
  }
}
