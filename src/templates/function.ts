import { isMap, kindOf, Missing } from './values.ts';

/** The kind of an argument. `maybe` accepts a missing key, `value` any existing value. */
export type Parameter = 'text' | 'whole' | 'flag' | 'value' | 'maybe';

interface Types {
  text: string;
  whole: number;
  flag: boolean;
  value: unknown;
  maybe: unknown;
}

type Arguments<P extends readonly Parameter[]> = { -readonly [K in keyof P]: Types[P[K]] };

/** External inputs for functions. Each is absent unless passed in, so that rendering is reproducible. */
export interface Host {
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: () => Date;
  readonly uuid?: () => string;
}

/** A call: its external inputs, its position in the template, and its share of the budget. */
export interface FunctionCall {
  readonly host: Host;
  readonly at: number;
  /** The text of a template with this value as its dot. @throws Complaint */
  include(name: string, dot: unknown): string;
  /** Counts characters about to be read or produced, besides those of string arguments. @throws if that is too much */
  spend(characters: number): void;
}

/** A function that templates may call. Errors that it throws are reported at the position of the call. */
export interface TemplateFunction {
  readonly parameters: readonly Parameter[];
  /** The kind of further arguments. */
  readonly rest?: Parameter;
  readonly apply: (args: readonly unknown[], call: FunctionCall) => unknown;
}

/** A function with a fixed number of arguments. */
export function fn<const P extends readonly Parameter[]>(
  parameters: P,
  apply: (args: Arguments<P>, call: FunctionCall) => unknown,
): TemplateFunction {
  return { parameters, apply: apply as TemplateFunction['apply'] };
}

/** A function that takes any number of further arguments. */
export function variadic<const P extends readonly Parameter[], R extends Parameter>(
  parameters: P,
  rest: R,
  apply: (args: [...Arguments<P>, ...Types[R][]], call: FunctionCall) => unknown,
): TemplateFunction {
  return { parameters, rest, apply: apply as TemplateFunction['apply'] };
}

const wanted: Readonly<Record<Parameter, string>> = {
  text: 'a text',
  whole: 'a whole number',
  flag: 'true or false',
  value: 'a value',
  maybe: 'a value',
};

/** What is wrong with the arguments of a call, or undefined. */
export function misuse(name: string, definition: TemplateFunction, args: readonly unknown[]): string | Missing | undefined {
  const { parameters, rest } = definition;
  if (args.length < parameters.length || (args.length > parameters.length && !rest)) {
    const count = `${parameters.length}${rest ? ' or more' : ''} argument${parameters.length === 1 && !rest ? '' : 's'}`;
    return `${name} takes ${count}, found ${args.length}`;
  }
  for (const [index, arg] of args.entries()) {
    const parameter = parameters[index] ?? rest ?? 'value';
    if (arg instanceof Missing && parameter !== 'maybe') return arg;
    if (!fits(parameter, arg))
      return `${name} takes ${wanted[parameter]} as argument ${index + 1}, found ${kindOf(arg)}${hint(parameter, arg)}`;
  }
  return undefined;
}

function fits(parameter: Parameter, arg: unknown): boolean {
  if (parameter === 'text') return typeof arg === 'string';
  if (parameter === 'whole') return Number.isInteger(arg);
  return parameter !== 'flag' || typeof arg === 'boolean';
}

function hint(parameter: Parameter, arg: unknown): string {
  return parameter === 'text' && arg !== null && !isMap(arg) && !Array.isArray(arg) ? ' (toString converts it)' : '';
}
