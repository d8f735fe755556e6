import type { TemplateFunction } from './function.ts';
import { hostFunctions } from './functions-host.ts';
import { logicFunctions } from './functions-logic.ts';
import { textFunctions } from './functions-text.ts';

const functions: ReadonlyMap<string, TemplateFunction> = new Map(Object.entries({ ...textFunctions, ...logicFunctions, ...hostFunctions }));

/** Names of all functions, sorted. */
export function functionNames(): string[] {
  return [...functions.keys()].sort();
}

export function isFunction(name: string): boolean {
  return functions.has(name);
}

/** A function by its name; the parser has checked that it exists. */
export function functionNamed(name: string): TemplateFunction {
  const found = functions.get(name);
  if (!found) throw new Error(`there is no function ${name}`);
  return found;
}
