import type { Cursor } from './cursor.ts';
import { define } from './definitions.ts';
import { knownVariable, parsePipe } from './parse-pipe.ts';
import type { Node, Pipe, Target, Token } from './syntax.ts';
import { Complaint } from './template-error.ts';

/** Nodes up to the `end` or `else` that stops them. That word is consumed, the rest of its action is not. */
export function parseNodes(cursor: Cursor): { nodes: Node[]; stop?: Token } {
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
    nodes.push(...parseAction(cursor, token.at));
  }
  return { nodes };
}

/** The nodes of one action with what it encloses; none for a definition. */
function parseAction(cursor: Cursor, at: number): Node[] {
  const word = cursor.peek()?.kind === 'word' ? cursor.peek()?.text : undefined;
  switch (word) {
    case 'if':
    case 'with':
    case 'range':
      cursor.take();
      return [cursor.deeper(() => parseBlock(cursor, word, at))];
    case 'break':
    case 'continue':
      if (cursor.loops === 0) throw new Complaint(at, `{{ ${word} }} outside of {{ range }}`);
      cursor.take();
      close(cursor);
      return [{ kind: word, at }];
    case 'define':
      parseDefine(cursor, at);
      return [];
    case 'template':
    case 'block':
      return [parseCall(cursor, word, at)];
    default:
      return [parseValue(cursor, at)];
  }
}

function parseDefine(cursor: Cursor, at: number): void {
  if (!cursor.isOutermost) throw new Complaint(at, '{{ define }} must be at the top level of a file, not inside another block');
  const name = takeName(cursor);
  close(cursor);
  define(cursor.definitions, name, { at, nodes: cursor.apart(() => parseBody(cursor, 'define', at)) });
}

/** `{{ template "name" pipe }}`, whose pipe is optional, or `{{ block "name" pipe }}`, which also defines the template. */
function parseCall(cursor: Cursor, word: 'template' | 'block', at: number): Node {
  const name = takeName(cursor);
  const call = { kind: 'template', at, name } as const;
  if (word === 'template' && cursor.takeIf('close')) return call;
  if (cursor.peek()?.kind === 'close') throw new Complaint(at, 'a {{ block }} needs a value for its dot: {{ block "name" . }}');
  const assigned = parseAssigned(cursor);
  if (word === 'block') define(cursor.definitions, name, { at, nodes: cursor.apart(() => parseBody(cursor, 'block', at)) });
  return { ...call, ...assigned };
}

/** Consumes the first word of the action and the name after it. */
function takeName(cursor: Cursor): string {
  const word = cursor.take()?.text;
  const hint = word === 'template' ? '; {{ include }} accepts a computed name' : '';
  const token = cursor.takeIf('string');
  if (!token?.spaced) throw new Complaint(token?.at ?? cursor.at, `{{ ${word} }} needs a name in quotes${hint}`);
  return String(token.value);
}

/** Nodes up to the `end` that closes a template. */
function parseBody(cursor: Cursor, kind: 'define' | 'block', at: number): readonly Node[] {
  const { nodes, stop } = parseNodes(cursor);
  if (!stop) throw new Complaint(at, `{{ ${kind} }} is never closed by {{ end }}`);
  if (stop.text === 'else') throw new Complaint(stop.at, `{{ ${kind} }} has no {{ else }}`);
  close(cursor);
  return nodes;
}

/** `{{ pipe }}`, `{{ $x := pipe }}` or `{{ $x = pipe }}`. */
function parseValue(cursor: Cursor, at: number): Node {
  const { target, pipe } = parseAssigned(cursor);
  return target ? { kind: 'set', at, target, pipe } : { kind: 'print', at, pipe };
}

/** A pipe up to the end of its action, with the variable that it is assigned to. */
function parseAssigned(cursor: Cursor): { target?: Target; pipe: Pipe } {
  const [first, second] = [cursor.peek(), cursor.peek(1)];
  const assigns = first?.kind === 'variable' && (second?.kind === ':=' || second?.kind === '=');
  if (assigns) {
    if (second.kind === '=') knownVariable(cursor, first);
    cursor.take();
    cursor.take();
  }
  const pipe = parsePipe(cursor);
  close(cursor);
  if (!assigns) return { pipe };
  const target = { name: first.text, declare: second.kind === ':=' };
  if (target.declare) cursor.declare(target.name);
  return { target, pipe };
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

/** The variables and the pipe of a block, up to the end of its action. */
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

/** What follows `else`, up to the `end` that closes both: nodes, or another `if` or `with` (`else if …`). */
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
