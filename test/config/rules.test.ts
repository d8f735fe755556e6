import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';
import { ConfigError } from '../../src/config/config-error.ts';
import { readConfig } from '../../src/config.ts';

const checks = { cron: () => undefined, gitUrl: () => undefined };

/** A configuration whose one repository has these further keys. */
const written = (more: string) => `
instance: lab
channel: "#ci"
registry: { push: "registry:5000", pull: "localhost:32000", api: "http://registry:5000/" }
repositories:
  - name: runner
    git: https://example.com/runner.git
    ${more}
    stages: [{ name: image, image: { template: makisu, repository: team/runner } }]
`;

const means = test.macro<[more: string, source: object]>((t, more, source) => {
  t.deepEqual(readConfig(written(more), 'c.yaml', checks).repositories[0]?.version, { prefix: 'v', write: 'none', ...source } as never);
});

test('a README is README.md', means, 'version: { from: readme }', { from: 'readme', path: 'README.md' });
test('an adoc is README.adoc', means, 'version: { from: adoc }', { from: 'adoc', path: 'README.adoc' });
test('a file is VERSION', means, 'version: { from: file }', { from: 'file', path: 'VERSION' });
test('a package is package.json', means, 'version: { from: package, write: commit }', {
  from: 'package',
  path: 'package.json',
  write: 'commit',
});
test('another file is taken by its path', means, 'version: { from: file, path: app/version.txt }', {
  from: 'file',
  path: 'app/version.txt',
});
test('tags have no file, and may have no prefix', means, 'version: { from: tags, prefix: "" }', { from: 'tags', prefix: '' });

const refused = test.macro<[more: string, words: RegExp]>((t, more, words) => {
  t.throws(() => readConfig(written(more), 'c.yaml', checks), { instanceOf: ConfigError, message: words });
});

test('an unknown source names the known ones', refused, 'version: { from: git }', /version\.from: .*readme, adoc, file, package, tags/);
test('a path that leads out is refused', refused, 'version: { from: file, path: ../x }', /version\.path: .*without \.\./);
test('tags have no path', refused, 'version: { from: tags, path: x }', /version\.path: has no effect/);
test('a bump of tags has nothing to write', refused, 'version: { from: tags, write: commit }', /version\.write: has no effect/);
test('a pull request needs GitHub', refused, 'version: { from: readme, write: pull-request }', /needs `github: owner\/name`/);

const withGpus = (gpus: number, limits: string) => `
instance: lab
channel: "#ci"
${limits}
registry: { push: "registry:5000", pull: "localhost:32000", api: "http://registry:5000/" }
repositories:
  - name: runner
    git: https://example.com/runner.git
    stages:
      - name: image
        image: { template: makisu, repository: team/runner }
      - name: test
        test: { template: gpu-test, gpus: ${gpus} }
`;
const read = (text: string) => readConfig(text, 'c.yaml', { cron: () => undefined, gitUrl: () => undefined });

test('a stage cannot ask for more GPUs than may be in use, since it would wait for ever', (t) => {
  const { message } = t.throws(() => read(withGpus(4, 'limits: { gpus: 2 }')), { instanceOf: ConfigError });
  t.is(message, 'c.yaml:13:37: repositories[0].stages[1].test.gpus: found 4; allowed: at most 2 (limits.gpus)');
  t.notThrows(() => read(withGpus(2, 'limits: { gpus: 2 }')));
  t.notThrows(() => read(withGpus(4, '')));
});

const root = new URL('../../', import.meta.url);
const readAt = (path: string) => readFileSync(new URL(path, root), 'utf8');
const schema = JSON.parse(readAt('coxswain.schema.json'));
const validate = new Ajv.Ajv({ strict: true, allowUnionTypes: true, strictRequired: false, allErrors: true }).compile(schema);
const example = () => parse(readAt('coxswain.example.yaml'));

function mistakes(value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

function accepts(t: ExecutionContext, path: string): void {
  t.deepEqual(mistakes(parse(readAt(path))), []);
  const [, named = ''] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(readAt(path)) ?? [];
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
