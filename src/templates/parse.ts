import { Cursor } from './cursor.ts';
import { lex } from './lex.ts';
import { knownVariable, parsePipe } from './parse-pipe.ts';
import type { Node, Pipe, Template, Token } from './syntax.ts';
import { Complaint, placeOf, TemplateError } from './template-error.ts';

/**
 * Reads a template in the syntax of Go's text/template. `define`, `template` and `block` are not supported.
 * @throws TemplateError
 */
export function parseTemplate(name: string, text: string): Template {
  try {
    const cursor = new Cursor(lex(text), text.length);
    const { nodes, stop } = parseNodes(cursor);
    if (stop) throw new Complaint(stop.at, `{{ ${stop.text} }} without an open {{ if }}, {{ with }} or {{ range }}`);
    return { name, text, nodes };
  } catch (error) {
    if (error instanceof Complaint) throw new TemplateError(name, placeOf(text, error.at), error.message);
    throw error;
  }
}

/** Nodes up to the `end` or `else` that stops them. That word is taken, the rest of its action is not. */
function parseNodes(cursor: Cursor): { nodes: Node[]; stop?: Token } {
  const nodes: Node[] = [];
  for (let token = cursor.take(); token; token = cursor.take()) {
    if (token.kind === 'text') {
      nodes.push({ kind: 'text', at: token.at, text: token.text });
      continue;
    }
    const word = cursor.peek();
    if (word?.kind === 'word' && (word.text === 'end' || word.text === 'else')) {
      cursor.take();
      return { nodes, stop: word };
    }
    nodes.push(parseAction(cursor, token.at));
  }
  return { nodes };
}

function parseAction(cursor: Cursor, at: number): Node {
  const word = cursor.peek()?.kind === 'word' ? cursor.peek()?.text : undefined;
  switch (word) {
    case 'if':
    case 'with':
    case 'range':
      cursor.take();
      return cursor.deeper(() => parseBlock(cursor, word, at));
    case 'break':
    case 'continue':
      if (cursor.loops === 0) throw new Complaint(at, `{{ ${word} }} outside of {{ range }}`);
      cursor.take();
      close(cursor);
      return { kind: word, at };
    case 'define':
    case 'template':
    case 'block':
      throw new Complaint(at, `{{ ${word} }} is not supported here: write the text where it is needed`);
    default:
      return parseValue(cursor, at);
  }
}

/** `{{ pipe }}`, `{{ $x := pipe }}` or `{{ $x = pipe }}`. */
function parseValue(cursor: Cursor, at: number): Node {
  const [first, second] = [cursor.peek(), cursor.peek(1)];
  if (first?.kind !== 'variable' || (second?.kind !== ':=' && second?.kind !== '=')) {
    const pipe = parsePipe(cursor);
    close(cursor);
    return { kind: 'print', at, pipe };
  }
  const declare = second.kind === ':=';
  if (!declare) knownVariable(cursor, first);
  cursor.take();
  cursor.take();
  const pipe = parsePipe(cursor);
  close(cursor);
  if (declare) cursor.declare(first.text);
  return { kind: 'set', at, name: first.text, declare, pipe };
}

function parseBlock(cursor: Cursor, kind: 'if' | 'with' | 'range', at: number): Node {
  const outer = cursor.variables.length;
  const { variables, pipe } = parseHead(cursor, kind);
  for (const name of variables) cursor.declare(name);
  const inner = cursor.variables.length;
  if (kind === 'range') cursor.loops++;
  const { nodes: body, stop } = parseNodes(cursor);
  if (kind === 'range') cursor.loops--;
  cursor.variables.length = inner;
  const otherwise = stop?.text === 'else' ? parseElse(cursor, kind, at) : [];
  cursor.variables.length = outer;
  if (!stop) throw new Complaint(at, `{{ ${kind} }} is never closed by {{ end }}`);
  if (stop.text === 'end') close(cursor);
  return { kind, at, variables, pipe, body, otherwise };
}

/** The variables and the pipe of a block, to the end of its action. */
function parseHead(cursor: Cursor, kind: 'if' | 'with' | 'range'): { variables: string[]; pipe: Pipe } {
  const variables: string[] = [];
  const follows = (ahead: number, ...kinds: string[]) => kinds.includes(cursor.peek(ahead)?.kind ?? '');
  if (kind === 'range' && follows(0, 'variable') && follows(1, ',')) {
    variables.push(cursor.expect('variable', 'a variable').text);
    cursor.take();
  }
  if (variables.length > 0 || (follows(0, 'variable') && follows(1, ':='))) {
    variables.push(cursor.expect('variable', 'a variable').text);
    cursor.expect(':=', ':=');
  }
  const pipe = parsePipe(cursor);
  close(cursor);
  return { variables, pipe };
}

/** What follows `else`, to the `end` that closes both: nodes, or one more `if` or `with` (`else if …`). */
function parseElse(cursor: Cursor, kind: 'if' | 'with' | 'range', at: number): readonly Node[] {
  const again = cursor.peek();
  if (again?.kind === 'word' && again.text === kind && kind !== 'range') {
    cursor.take();
    return [cursor.deeper(() => parseBlock(cursor, kind, again.at))];
  }
  close(cursor);
  const { nodes, stop } = parseNodes(cursor);
  if (!stop) throw new Complaint(at, `{{ ${kind} }} is never closed by {{ end }}`);
  if (stop.text === 'else') throw new Complaint(stop.at, 'a second {{ else }} in the same block');
  close(cursor);
  return nodes;
}

function close(cursor: Cursor): void {
  if (cursor.peek()?.kind === ')') throw new Complaint(cursor.at, 'this closing parenthesis was never opened');
  cursor.expect('close', 'the end of the action');
}
