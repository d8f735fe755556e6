import { nearest } from '../core/text/nearest.ts';
import { Budget, checkLength, mostVariables } from './budget.ts';
import { type Host, misuse } from './function.ts';
import { functionNamed } from './functions.ts';
import type { Command, Field, Operand, Pipe } from './syntax.ts';
import { Complaint, shown } from './template-error.ts';
import { isMap, isTrue, kindOf, Missing, sortedKeys } from './values.ts';

/** Where rendering is: the variables in sight, innermost last, and what outside gives. */
export class Frame {
  readonly host: Host;
  readonly variables: { readonly name: string; value: unknown }[];
  readonly budget = new Budget();

  constructor(values: unknown, host: Host) {
    this.host = host;
    this.variables = [{ name: '$', value: values }];
  }

  variable(name: string): { value: unknown } | undefined {
    return this.variables.findLast((variable) => variable.name === name);
  }

  declare(name: string, value: unknown, at: number): void {
    if (this.variables.length >= mostVariables) throw new Complaint(at, `more than ${mostVariables} variables are in sight here`);
    this.variables.push({ name, value });
  }
}

/** The value of a pipe; a Missing where it ends at a key that is not there. */
export function evaluate(pipe: Pipe, dot: unknown, frame: Frame): unknown {
  let value: unknown;
  for (const [index, command] of pipe.commands.entries()) {
    value = command.kind === 'operand' ? operandValue(command.operand, dot, frame) : call(command, dot, frame, index > 0 ? [value] : []);
  }
  return value;
}

function operandValue(operand: Operand, dot: unknown, frame: Frame): unknown {
  frame.budget.step(operand.at);
  if (operand.kind === 'literal') return operand.value;
  if (operand.kind === 'call') return call(operand, dot, frame, []);
  const { root } = operand;
  let value = dot;
  if (root.kind === 'variable') value = frame.variable(root.name)?.value;
  if (root.kind === 'pipe') value = evaluate(root.pipe, dot, frame);
  let path = root.kind === 'variable' ? root.name : root.kind === 'pipe' ? '(…)' : '';
  for (const field of operand.fields) {
    path += `.${field.name}`;
    value = fieldOf(value, field, path);
  }
  return value;
}

function fieldOf(value: unknown, field: Field, path: string): unknown {
  if (value instanceof Missing) return value;
  if (!isMap(value))
    throw new Complaint(field.at, `${shown(path)} cannot be: what stands before .${field.name} is ${kindOf(value)}, not a map`);
  if (Object.hasOwn(value, field.name) && value[field.name] !== undefined) return value[field.name];
  return new Missing({ path, name: field.name, at: field.at, names: () => sortedKeys(value) });
}

function call(command: Extract<Command, { kind: 'call' }>, dot: unknown, frame: Frame, piped: readonly unknown[]): unknown {
  frame.budget.step(command.at);
  const { name, at } = command;
  const shortcut = name === 'and' || name === 'or';
  const args: unknown[] = [];
  for (const operand of command.args) {
    const arg = operandValue(operand, dot, frame);
    args.push(arg);
    if (shortcut && isTrue(arg) === (name === 'or')) return arg;
  }
  args.push(...piped);
  const definition = functionNamed(name);
  const wrong = misuse(name, definition, args);
  if (wrong instanceof Missing) throw missing(wrong);
  if (wrong !== undefined) throw new Complaint(at, wrong);
  const spend = (characters: number) => frame.budget.spend(characters, at);
  try {
    spend(args.reduce<number>((sum, arg) => sum + lengthOf(arg), 0));
    const value = definition.apply(args, { host: frame.host, at, spend });
    spend(lengthOf(value));
    checkLength(lengthOf(value));
    return value;
  } catch (error) {
    throw new Complaint(at, error instanceof Error ? error.message : String(error));
  }
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}

const mostNames = 20;

/** The complaint about a key that is needed and not there. */
export function missing(key: Missing): Complaint {
  const names = key.names();
  const [similar] = nearest(key.name, names, 1);
  const some = names.slice(0, mostNames).map(shown).join(', ');
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  const there = names.length === 0 ? 'There is nothing at that level.' : `There are: ${some}${more}.`;
  return new Complaint(key.at, `${shown(key.path)} is not set. ${similar ? `Did you mean ${similar}? ` : ''}${there}`);
}
