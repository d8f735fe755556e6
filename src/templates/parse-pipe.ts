import { nearest } from '../core/text/nearest.ts';
import type { Cursor } from './cursor.ts';
import { functionNames, isFunction } from './functions.ts';
import type { Field, Operand, Pipe, PipelineCommand, Root, Token } from './syntax.ts';
import { Complaint, shown } from './template-error.ts';

const keywords = new Set(['if', 'else', 'end', 'with', 'range', 'break', 'continue', 'define', 'template', 'block']);

/** A pipe up to, but not including, the end of its action or its closing parenthesis. */
export function parsePipe(cursor: Cursor): Pipe {
  const at = cursor.at;
  const commands = [parseCommand(cursor)];
  while (cursor.takeIf('|')) {
    const command = parseCommand(cursor);
    if (command.kind !== 'call') throw new Complaint(command.at, 'only a function can follow |');
    commands.push(command);
  }
  return { at, commands };
}

function parseCommand(cursor: Cursor): PipelineCommand {
  const first = cursor.peek();
  const operand = parseOperand(cursor);
  const rest: Operand[] = [];
  while (startsOperand(cursor.peek())) {
    if (!cursor.peek()?.spaced) throw new Complaint(cursor.at, 'white space must separate operands');
    rest.push(parseOperand(cursor));
  }
  if (operand.kind === 'call') return { ...operand, args: rest };
  const [extra] = rest;
  if (extra) throw new Complaint(operand.at, `${shown(first?.text ?? 'this')} is not a function and takes no arguments`);
  if (operand.kind === 'literal' && operand.value === null) throw new Complaint(operand.at, 'nil alone has no text');
  return { kind: 'operand', at: operand.at, operand };
}

function startsOperand(token: Token | undefined): boolean {
  return token !== undefined && ['field', 'dot', 'variable', 'string', 'number', '(', 'word'].includes(token.kind);
}

function parseOperand(cursor: Cursor): Operand {
  const at = cursor.at;
  const token = startsOperand(cursor.peek()) ? cursor.take() : undefined;
  if (!token) throw cursor.unexpected('a value or a function');
  const path = (root: Root, fields: readonly Field[] = []): Operand => ({
    kind: 'path',
    at,
    root,
    fields: [...fields, ...takeFields(cursor)],
  });
  switch (token.kind) {
    case 'field':
      return path({ kind: 'dot' }, [fieldOf(token)]);
    case 'dot':
      return path({ kind: 'dot' });
    case 'variable':
      return path({ kind: 'variable', name: knownVariable(cursor, token) });
    case '(':
      return path({ kind: 'pipe', pipe: parseInParentheses(cursor, at) });
    case 'word':
      return parseWord(token);
    default:
      return { kind: 'literal', at, value: token.value ?? '' };
  }
}

function parseInParentheses(cursor: Cursor, at: number): Pipe {
  const pipe = cursor.deeper(() => parsePipe(cursor));
  if (cursor.peek()?.kind === 'close') throw new Complaint(at, 'this parenthesis is not closed');
  cursor.expect(')', 'a closing parenthesis');
  return pipe;
}

/** Fields that follow without white space: `$x.Y`, `(index .L 0).Y`, `.A.B`. */
function takeFields(cursor: Cursor): Field[] {
  const fields: Field[] = [];
  for (let token = cursor.peek(); token?.kind === 'field' && !token.spaced; token = cursor.peek()) {
    fields.push(fieldOf(token));
    cursor.take();
  }
  return fields;
}

function fieldOf(token: Token): Field {
  return { name: token.text.slice(1), at: token.at };
}

function parseWord(token: Token): Operand {
  const { at, text } = token;
  if (text === 'true' || text === 'false') return { kind: 'literal', at, value: text === 'true' };
  if (text === 'nil') return { kind: 'literal', at, value: null };
  if (keywords.has(text)) throw new Complaint(at, `${text} must be the first word of its action`);
  if (!isFunction(text)) throw new Complaint(at, unknownFunction(text));
  return { kind: 'call', at, name: text, args: [] };
}

function unknownFunction(name: string): string {
  const [similar] = nearest(name, functionNames(), 1);
  const hint = similar ? `Did you mean ${similar}?` : `Write .${shown(name)} for a value, "${shown(name)}" for a text.`;
  return `there is no function ${shown(name)}. ${hint}`;
}

export function knownVariable(cursor: Cursor, token: Token): string {
  if (cursor.variables.includes(token.text)) return token.text;
  const [similar] = nearest(token.text, cursor.variables, 1);
  const hint = similar && similar !== '$' ? `Did you mean ${similar}?` : `Declare it first: {{ ${shown(token.text)} := … }}`;
  throw new Complaint(token.at, `the variable ${shown(token.text)} is not declared here. ${hint}`);
}
