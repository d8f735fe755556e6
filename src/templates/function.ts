import { isMap, kindOf, Missing } from './values.ts';

/** What an argument must be. `maybe` accepts a missing key, `value` anything that is there. */
export type Parameter = 'text' | 'whole' | 'flag' | 'value' | 'maybe';

interface Types {
  text: string;
  whole: number;
  flag: boolean;
  value: unknown;
  maybe: unknown;
}

type Arguments<P extends readonly Parameter[]> = { -readonly [K in keyof P]: Types[P[K]] };

/** What functions may ask of outside. Each is absent unless it was handed in, so that rendering can be repeated. */
export interface Host {
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: () => Date;
  readonly uuid?: () => string;
}

/** A call: what outside gives, where in the template it stands, and what it may cost. */
export interface FunctionCall {
  readonly host: Host;
  readonly at: number;
  /** The text of a template with this value at its dot. @throws Complaint */
  include(name: string, dot: unknown): string;
  /** Characters that are going to be read or made, beside those of the arguments that are texts. @throws where that is too much */
  spend(characters: number): void;
}

/** A function that templates may call. Errors that it throws are placed at the call. */
export interface TemplateFunction {
  readonly parameters: readonly Parameter[];
  /** Kind of the arguments beyond those. */
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
