import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { parse } from 'yaml';
import { schema } from '../src/config/schema.ts';
import { drawings, storyOf } from './readme/architecture.ts';
import { generated } from './readme/generated.ts';
import { jsonSchema } from './readme/json-schema.ts';
import { drawnPaths, withSections } from './readme/sections.ts';

const root = new URL('../', import.meta.url);
const file = new URL('README.md', root);
const readme = readFileSync(file, 'utf8');

test('what is made from the code is current (UPDATE_README=1 makes it so)', (t) => {
  const current = withSections(readme, generated());
  if (process.env.UPDATE_README) writeFileSync(file, current);
  t.is(process.env.UPDATE_README ? current : readme, current);
});

test('the JSON schema of the configuration is current (UPDATE_README=1 makes it so)', (t) => {
  const schemaFile = new URL('coxswain.schema.json', root);
  const current = `${JSON.stringify(jsonSchema(), null, 2)}\n`;
  if (process.env.UPDATE_README) writeFileSync(schemaFile, current);
  t.is(readFileSync(schemaFile, 'utf8'), current);
});

const architectureFile = new URL('docs/architecture.md', root);
const architecture = readFileSync(architectureFile, 'utf8');

test('the drawings of the architecture are current (UPDATE_README=1 makes them so)', (t) => {
  const current = withSections(architecture, drawings());
  if (process.env.UPDATE_README) writeFileSync(architectureFile, current);
  t.is(process.env.UPDATE_README ? current : architecture, current);
});

test('each room of the pipeline is explained', (t) => {
  const rooms = readdirSync(new URL('src/pipeline', root), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of rooms) t.true(architecture.includes(`| \`${name}/\` |`), name);
});

for (const [heading, most] of [
  ['## A test Job fails', 8],
  ['## Approve is pressed', 10],
] as const) {
  test(`the story "${heading.slice(3)}" is told by at most ${most} files, all of them there`, (t) => {
    const story = storyOf(architecture, heading);
    t.true(story.length > 4 && story.length <= most, String(story.length));
    for (const { path } of story) t.true(existsSync(new URL(path, root)), path);
  });
}

test('the configuration reference has every key with its meaning', (t) => {
  const { configuration = '' } = generated();
  const example = readFileSync(new URL('coxswain.example.yaml', root), 'utf8');
  for (const key of [...Object.keys(schema.shape), ...keysOf(parse(example))]) {
    const used = key === 'values' ? 'values' : key;
    t.regex(configuration, new RegExp(`[\`.]${used}[\`.[]`), key);
  }
  for (const line of configuration.split('\n').slice(2)) t.regex(line, /^\| `[\w.[\]]+` \| .* \| .+\.? \|$/);
});

/** All keys in a value, but not those of maps that people fill freely. */
function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]) => [
    key,
    ...(['values', 'emails'].includes(key) ? [] : key === 'registries' ? keysOf(Object.values(inside ?? {})) : keysOf(inside)),
  ]);
}

test('the drawing names what is there', (t) => {
  const drawn = drawnPaths(readme);
  t.true(drawn.length > 15);
  for (const path of drawn) t.true(existsSync(new URL(path, root)), path);
});

test('the drawing leaves no part out', (t) => {
  const drawn = drawnPaths(readme);
  const parts = readdirSync(new URL('src', root), { withFileTypes: true }).map(
    (entry) => `src/${entry.name}${entry.isDirectory() ? '/' : ''}`,
  );
  const named = (part: string) => drawn.includes(part) || drawn.includes(part.replace(/\/$/, '.ts'));
  t.deepEqual(
    parts.filter((part) => !named(part)),
    [],
  );
});

test('a part that is not there is seen in the drawing', (t) => {
  t.deepEqual(drawnPaths('```\nsrc/\n  main.ts   joins\n  core/     run\ntest/       the same\nDockerfile a.yml\n```'), [
    'src/',
    'src/main.ts',
    'src/core/',
    'test/',
    'Dockerfile',
    'a.yml',
  ]);
});

test('every link to a file leads somewhere', (t) => {
  for (const name of globSync('{*.md,docs/**/*.md,sandbox/*.md}', { cwd: root })) {
    const text = readFileSync(new URL(name, root), 'utf8');
    for (const [, target = '', section] of text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)) {
      const place = new URL(target, new URL(name, root));
      t.true(existsSync(place), `${name}: ${target}`);
      if (section) t.true(sectionsOf(readFileSync(place, 'utf8')).includes(section), `${name}: #${section}`);
    }
  }
});

test('every path that a recipe of CONTRIBUTING names is there', (t) => {
  const text = readFileSync(new URL('CONTRIBUTING.md', root), 'utf8');
  const paths = [...text.matchAll(/`((?:src|test|commands|manifests|docs)\/[\w./-]*)`/g)].map(([, path = '']) => path);
  t.true(paths.length > 30);
  t.deepEqual(
    paths.filter((path) => !existsSync(new URL(path, root))),
    [],
  );
});

/** How GitHub names the headings of a text in addresses. */
function sectionsOf(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

test('a missing place in the README is named', (t) => {
  t.throws(() => withSections('text', { commands: 'x' }), { message: /no place for commands/ });
});
