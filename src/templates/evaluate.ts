import { messageOf } from '../core/errors.ts';
import { checkLength } from './budget.ts';
import type { Frame } from './frame.ts';
import { misuse } from './function.ts';
import { functionNamed } from './functions.ts';
import { Output } from './output.ts';
import { suggestion } from './suggestion.ts';
import type { Field, Operand, Pipe, PipelineCommand } from './syntax.ts';
import { Complaint, shown } from './template-error.ts';
import { isMap, isTrue, kindOf, Missing, sortedKeys } from './values.ts';

/** The value of a pipe; a Missing if it ends at a key that does not exist. */
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
  if (root.kind === 'pipe') {
    frame.budget.enter(operand.at);
    value = evaluate(root.pipe, dot, frame);
    frame.budget.leave();
  }
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
    throw new Complaint(field.at, `${shown(path)} is not possible: the value before .${field.name} is ${kindOf(value)}, not a map`);
  if (Object.hasOwn(value, field.name) && value[field.name] !== undefined) return value[field.name];
  return new Missing({ path, name: field.name, at: field.at, names: () => sortedKeys(value) });
}

function call(command: Extract<PipelineCommand, { kind: 'call' }>, dot: unknown, frame: Frame, piped: readonly unknown[]): unknown {
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
    const value = definition.apply(args, {
      host: frame.rendering.host,
      at,
      spend,
      include: (template, value) => included(template, value, at, frame),
    });
    spend(lengthOf(value));
    checkLength(lengthOf(value));
    return value;
  } catch (error) {
    throw error instanceof Complaint ? error : new Complaint(at, messageOf(error));
  }
}

function included(template: string, dot: unknown, at: number, frame: Frame): string {
  const output = new Output();
  frame.rendering.write(template, dot, at, output);
  return output.text();
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}

/** The error about a key that is required but missing. */
export function missing(key: Missing): Complaint {
  if (key.why !== undefined) return new Complaint(key.at, key.why);
  const names = key.names();
  const there = names.length === 0 ? 'There is nothing at that level.' : suggestion(key.name, names);
  return new Complaint(key.at, `${shown(key.path)} is not set. ${there}`);
}
