import { nearest } from '../core/nearest.ts';
import { type Host, longestText, misuse } from './function.ts';
import { functionNamed } from './functions.ts';
import type { Command, Field, Operand, Pipe } from './syntax.ts';
import { Complaint } from './template-error.ts';
import { isMap, isTrue, kindOf, Missing, sortedKeys } from './values.ts';

/** Steps that one rendering may take; a loop in a template from outside must not hold the process up. */
const mostSteps = 1_000_000;

/** Where rendering is: the variables in sight, innermost last, and what outside gives. */
export class Frame {
  readonly host: Host;
  readonly variables: { readonly name: string; value: unknown }[];
  #steps = 0;

  constructor(values: unknown, host: Host) {
    this.host = host;
    this.variables = [{ name: '$', value: values }];
  }

  variable(name: string): { value: unknown } | undefined {
    return this.variables.findLast((variable) => variable.name === name);
  }

  step(at: number): void {
    if (++this.#steps > mostSteps) throw new Complaint(at, `rendering takes more than ${mostSteps} steps`);
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
  frame.step(operand.at);
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
  if (!isMap(value)) throw new Complaint(field.at, `${path} cannot be: what stands before .${field.name} is ${kindOf(value)}, not a map`);
  if (Object.hasOwn(value, field.name) && value[field.name] !== undefined) return value[field.name];
  return new Missing({ path, name: field.name, at: field.at, names: sortedKeys(value) });
}

function call(command: Extract<Command, { kind: 'call' }>, dot: unknown, frame: Frame, piped: readonly unknown[]): unknown {
  frame.step(command.at);
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
  try {
    return checked(definition.apply(args, { host: frame.host, at }));
  } catch (error) {
    throw new Complaint(at, error instanceof Error ? error.message : String(error));
  }
}

function checked(value: unknown): unknown {
  if (typeof value === 'string' && value.length > longestText) throw new Error(`the text grows beyond ${longestText} characters`);
  return value;
}

const mostNames = 20;

/** The complaint about a key that is needed and not there. */
export function missing(key: Missing): Complaint {
  const [similar] = nearest(key.name, key.names, 1);
  const shown = key.names.slice(0, mostNames).join(', ');
  const more = key.names.length > mostNames ? ` and ${key.names.length - mostNames} more` : '';
  const there = key.names.length === 0 ? 'There is nothing at that level.' : `There are: ${shown}${more}.`;
  return new Complaint(key.at, `${key.path} is not set. ${similar ? `Did you mean ${similar}? ` : ''}${there}`);
}
