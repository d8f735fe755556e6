import { fn, type TemplateFunction, variadic } from './function.ts';
import { isMap, isTrue, kindOf, Missing, sortedKeys, toText } from './values.ts';

/** Tests, choices and comparisons like those of Go's text/template and sprig 3, but with a single number type; `required` is Helm's. */
export const logicFunctions: Readonly<Record<string, TemplateFunction>> = {
  default: fn(['maybe', 'maybe'], ([fallback, value]) => (isTrue(value) ? value : fallback)),
  coalesce: variadic(['maybe'], 'maybe', (values) => values.find(isTrue) ?? null),
  empty: fn(['maybe'], ([value]) => !isTrue(value)),
  not: fn(['maybe'], ([value]) => !isTrue(value)),
  // The evaluator stops at the first argument that decides, so the last one passed is the result.
  and: variadic(['maybe'], 'maybe', (values) => values.at(-1)),
  or: variadic(['maybe'], 'maybe', (values) => values.at(-1)),
  ternary: fn(['maybe', 'maybe', 'flag'], ([yes, no, test]) => (test ? yes : no)),
  eq: variadic(['value', 'value'], 'value', ([first, ...others]) => others.some((other) => same(first, other))),
  ne: fn(['value', 'value'], ([first, second]) => !same(first, second)),
  lt: fn(['value', 'value'], ([first, second]) => order(first, second) < 0),
  le: fn(['value', 'value'], ([first, second]) => order(first, second) <= 0),
  gt: fn(['value', 'value'], ([first, second]) => order(first, second) > 0),
  ge: fn(['value', 'value'], ([first, second]) => order(first, second) >= 0),
  len: fn(['value'], ([value]) => length(value)),
  index: variadic(['maybe'], 'value', ([collection, ...keys], call) =>
    keys.reduce((inside, key) => element(inside, key, call.at), collection),
  ),
  required: fn(['text', 'maybe'], ([message, value]) => {
    if (value instanceof Missing || value === null || value === '') throw new Error(message);
    return value;
  }),
  RaiseError: variadic([], 'value', (args) => raise(args)),
  fail: variadic([], 'value', (args) => raise(args)),
};

function raise(args: readonly unknown[]): never {
  throw new Error(args.map(toText).join(' ') || 'the template gave up');
}

/** Only values of the same basic kind can be compared; null equals only null. */
function same(first: unknown, second: unknown): boolean {
  if (first === null || second === null) return first === second;
  if (typeof first !== typeof second) throw new Error(`${kindOf(first)} cannot be compared with ${kindOf(second)}`);
  if (typeof first === 'object') throw new Error(`${kindOf(first)} cannot be compared; compare a part of it`);
  return first === second;
}

/** Negative, zero or positive; strings are compared by their bytes. */
function order(first: unknown, second: unknown): number {
  if (typeof first === 'number' && typeof second === 'number') return first - second;
  if (typeof first === 'string' && typeof second === 'string') return Buffer.compare(Buffer.from(first), Buffer.from(second));
  throw new Error(`${kindOf(first)} and ${kindOf(second)} cannot be ordered: only two texts or two numbers can`);
}

/** Bytes of a string, elements of a list, keys of a map. */
function length(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (isMap(value)) return Object.keys(value).length;
  throw new Error(`${kindOf(value)} has no length`);
}

function element(inside: unknown, key: unknown, at: number): unknown {
  if (inside instanceof Missing) return inside;
  if (Array.isArray(inside)) {
    if (!Number.isInteger(key)) throw new Error(`a list is indexed by a whole number, found ${kindOf(key)}`);
    if ((key as number) < 0 || (key as number) >= inside.length)
      throw new Error(`the list has ${inside.length} elements and no index ${key}`);
    return inside[key as number];
  }
  if (!isMap(inside)) throw new Error(`${kindOf(inside)} cannot be indexed: only a list or a map can`);
  if (typeof key !== 'string') throw new Error(`a map is indexed by a text, found ${kindOf(key)}`);
  if (Object.hasOwn(inside, key) && inside[key] !== undefined) return inside[key];
  return new Missing({ path: `the key ${JSON.stringify(key)}`, name: key, at, names: () => sortedKeys(inside) });
}
