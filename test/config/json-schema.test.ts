import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const schema = JSON.parse(read('coxswain.schema.json'));
const validate = new Ajv.Ajv({ strict: true, allowUnionTypes: true, strictRequired: false, allErrors: true }).compile(schema);
const example = () => parse(read('coxswain.example.yaml'));

function mistakes(value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

function accepts(t: ExecutionContext, path: string): void {
  t.deepEqual(mistakes(parse(read(path))), []);
  const [, named = ''] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(read(path)) ?? [];
  t.is(new URL(named, new URL(path, root)).href, new URL('coxswain.schema.json', root).href);
}

test('the example is accepted, and names the schema', accepts, 'coxswain.example.yaml');
test('the configuration of the bot in a cluster is accepted, and names the schema', accepts, 'manifests/bot/coxswain.yaml');

function refuses(t: ExecutionContext, change: (config: ReturnType<typeof example>) => void, said: RegExp): void {
  const config = example();
  change(config);
  t.regex(mistakes(config).join('\n'), said);
}

test('refuses a key that there is not', refuses, (config) => (config.pols = 1), /must NOT have additional properties/);
test('refuses one below, too', refuses, (config) => (config.repositories[0].stages[0].image.x = 1), /stages\/0\/image: must NOT have/);
test('refuses a missing key', refuses, (config) => delete config.instance, /required property 'instance'/);
test('refuses what is no duration', refuses, (config) => (config.keep = { namespaces: '10 minutes' }), /keep\/namespaces: must match/);
test('refuses another kind of value', refuses, (config) => (config.limits = { runs: 'many' }), /limits\/runs: must be integer/);
test('refuses a stage of two kinds', refuses, ({ repositories: [{ stages }] }) => (stages[1].image = stages[0].image), /exactly one/);
test('refuses a stage of no kind', refuses, ({ repositories: [{ stages }] }) => delete stages[1].test, /exactly one/);

test('says of every key what it holds, and of all but maps what they mean', (t) => {
  const wrong: string[] = [];
  let seen = 0;
  const look = (node: Record<string, unknown>, path: string) => {
    const { properties = {}, items, additionalProperties } = node as { properties?: Record<string, Record<string, unknown>> } & typeof node;
    if (typeof items === 'object') look(items as typeof node, `${path}[]`);
    if (typeof additionalProperties === 'object' && !path.endsWith('.values')) look(additionalProperties as typeof node, `${path}.*`);
    if (!node.type && !node.anyOf) wrong.push(`${path}: anything`);
    for (const [key, value] of Object.entries(properties)) {
      seen++;
      if (!value.description && !value.properties) wrong.push(`${path}.${key}: no description`);
      look(value, `${path}.${key}`);
    }
  };
  look(schema, '');
  t.deepEqual(wrong, []);
  t.true(seen > 70, String(seen));
});
