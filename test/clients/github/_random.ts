import type { Schema } from '../../fixtures/github-description/load.ts';

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const words = ['', 'main', 'v1.2.0', 'Ünï çødé', '<!channel> & "quotes"', '\u202e\u0007', 'x'.repeat(300), '0', 'null', '{"a":1}'];

/** Values that fit a schema: what is optional is there or not, what may be null is or is not. Deep down only what is required is there. */
export class RandomValues {
  readonly #random: () => number;
  readonly #schemas: Readonly<Record<string, Schema>>;

  constructor(schemas: Readonly<Record<string, Schema>>, seed: number) {
    this.#schemas = schemas;
    this.#random = randomOf(seed);
  }

  of(schema: Schema, depth = 0): unknown {
    if (schema.$ref) return this.of(this.#schemas[schema.$ref.replace('#/components/schemas/', '')] ?? {}, depth);
    if (schema.nullable && this.#random() < 0.3) return null;
    if (schema.enum) return this.#oneOf(schema.enum);
    if (schema.allOf) return Object.assign({}, ...schema.allOf.map((one) => this.of(one, depth)));
    const choices = schema.oneOf ?? schema.anyOf;
    // The choices may only say which fields are required.
    if (choices && !schema.properties) return this.of(this.#oneOf(choices), depth);
    if (schema.properties) return this.#object(schema, depth);
    if (schema.type === 'array')
      return Array.from({ length: depth > 4 ? 0 : Math.floor(this.#random() * 4) }, () => this.of(schema.items ?? {}, depth + 1));
    return this.#scalar(schema);
  }

  #object({ properties = {}, required = [] }: Schema, depth: number): object {
    const there = Object.entries(properties).filter(([name]) => required.includes(name) || (depth < 4 && this.#random() < 0.5));
    return Object.fromEntries(there.map(([name, inner]) => [name, this.of(inner, depth + 1)]));
  }

  #scalar({ type, format, minLength = 0, maxLength, minimum }: Schema): unknown {
    if (type === 'integer' || type === 'number') return Math.floor(this.#random() * 2 ** (this.#random() < 0.2 ? 52 : 16)) + (minimum ?? 0);
    if (type === 'boolean') return this.#random() < 0.5;
    if (type === 'object') return {};
    if (format === 'date-time') return new Date(Math.floor(this.#random() * 4e12)).toISOString();
    if (format === 'uri') return `https://github.example.com/${Math.floor(this.#random() * 1e6)}`;
    return this.#oneOf(words).padEnd(minLength, 'a').slice(0, maxLength);
  }

  #oneOf<T>(some: readonly T[]): T {
    const one = some[Math.floor(this.#random() * some.length)];
    if (one === undefined) throw new Error('nothing to choose from');
    return one;
  }
}
