import { globSync, readFileSync } from 'node:fs';
import test from 'ava';
import { circles, circlesOfRooms } from './architecture/circles.ts';
import * as doors from './architecture/doors.ts';
import * as rules from './architecture/rules.ts';
import { readSource } from './architecture/source.ts';

const root = new URL('../', import.meta.url);
const read = (path: string) => readSource(path, readFileSync(new URL(path, root), 'utf8'));
const all = (pattern: string) => globSync(pattern, { cwd: root }).map((path) => read(path.replaceAll('\\', '/')));
const code = all('{src,commands,sandbox/src}/**/*.ts');
const tests = all('{test,sandbox/test}/**/*.ts');

for (const [name, rule] of Object.entries({ ...rules, ...doors })) {
  test(`in the project: ${name}`, (t) => t.deepEqual(code.flatMap(rule), []));
}

test('in the project: imports form no circle', (t) => t.deepEqual(circles(code), []));

for (const folder of ['src/pipeline', 'src/core']) {
  test(`in the project: imports among the folders of ${folder} form no circle`, (t) => t.deepEqual(circlesOfRooms(code, folder), []));
}

test('a circle among folders is found, also where no file imports itself', (t) => {
  const files = {
    'src/core/a/a.ts': "import { b } from '../b/b.ts';",
    'src/core/b/b.ts': '',
    'src/core/b/c.ts': "import { d } from '../a/d.ts';",
  };
  const sources = Object.entries(files).map(([path, text]) => readSource(path, text));
  t.deepEqual(circles(sources), []);
  t.deepEqual(circlesOfRooms(sources, 'src/core'), ['a → b → a: a circle of imports']);
});

test('a circle of imports is found, types included, and named by its files', (t) => {
  const found = (files: Readonly<Record<string, string>>) => circles(Object.entries(files).map(([path, text]) => readSource(path, text)));
  const line = { 'src/core/a.ts': "import { b } from './b/b.ts';", 'src/core/b/b.ts': "import { c } from '../c.ts';", 'src/core/c.ts': '' };
  t.deepEqual(found(line), []);
  t.deepEqual(found({ ...line, 'src/core/c.ts': "import type { A } from './a.ts';" }), [
    'src/core/a.ts → src/core/b/b.ts → src/core/c.ts → src/core/a.ts: a circle of imports',
  ]);
  t.deepEqual(found({ ...line, 'src/core/c.ts': "type B = import('./b/b.ts').B;" }), [
    'src/core/b/b.ts → src/core/c.ts → src/core/b/b.ts: a circle of imports',
  ]);
});

test('in the tests: sandboxHasOneDoor', (t) => t.deepEqual(tests.flatMap(doors.sandboxHasOneDoor), []));

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = (path: string): Manifest => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

test('the sandbox names the libraries that it uses, in the versions of the product', (t) => {
  const { dependencies, devDependencies } = manifest('sandbox/package.json');
  const product = manifest('package.json');
  const used = (sources: typeof code) =>
    new Set(sources.flatMap(({ imports }) => imports.map(({ from }) => from)).filter((from) => !/^(\.|node:)/.test(from)));
  const missing = (sources: typeof code, there: object) =>
    [...used(sources)].filter((from) => !Object.hasOwn(there, from.replace(/^([^@/]+|@[^/]+\/[^/]+).*/, '$1')));
  const own = (sources: typeof code) => sources.filter(({ path }) => path.startsWith('sandbox/'));
  t.deepEqual(missing(own(code), dependencies), []);
  t.deepEqual(missing(own(tests), { ...dependencies, ...devDependencies }), []);
  const shared = { ...product.dependencies, ...product.devDependencies };
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) t.is(shared[name] ?? version, version, name);
});

/** A rule sees what breaks it. */
const sees = test.macro<[rule: rules.Rule, path: string, broken: string, finding: RegExp]>({
  exec(t, rule, path, broken, finding) {
    const seen = rule(readSource(path, broken));
    t.is(seen.length, 1, seen.join('\n'));
    t.regex(seen[0] ?? '', finding);
  },
  title: (name) => name ?? '',
});

const lines = (count: number, line = 'call();\n') => line.repeat(count);

test(
  'core imports nothing',
  sees,
  rules.importsGoOneWay,
  'src/core/a.ts',
  "import type { X } from '../logs/b.ts';",
  /^src\/core\/a\.ts:1: src\/core may not import src\/logs\/b\.ts$/,
);
test(
  'the pipeline asks for ports, not clients',
  sees,
  rules.importsGoOneWay,
  'src/pipeline/a.ts',
  "\nimport { type X } from '../clients/store.ts';",
  /:2: src\/pipeline may not import src\/clients\/store\.ts$/,
);
test(
  'types of clients do not slip in',
  sees,
  rules.importsGoOneWay,
  'commands/a.ts',
  "type X = import('../src/clients/store/store-client.ts').Store;",
  /commands may not import src\/clients\/store\/store-client\.ts$/,
);
test(
  'the stand-ins know nothing of the bot',
  sees,
  doors.sandboxHasOneDoor,
  'sandbox/src/a/b.ts',
  "export { x } from '../../../src/core/run.ts';",
  /^sandbox\/src\/a\/b\.ts:1: the sandbox imports nothing from outside$/,
);
test(
  'nor do their tests',
  sees,
  doors.sandboxHasOneDoor,
  'sandbox/test/a.test.ts',
  "import { x } from '../../test/fixtures/a.ts';",
  /:1: the sandbox imports nothing from outside$/,
);
test(
  'tests of the product use them through their entry',
  sees,
  doors.sandboxHasOneDoor,
  'test/way/a.test.ts',
  "import type { X } from '../../sandbox/src/world.ts';",
  /:1: the sandbox is imported as @coxswain\/sandbox$/,
);
test(
  'the product does not use them at all',
  sees,
  rules.librariesHaveOneHome,
  'src/pipeline/a.ts',
  "import { startWorld } from '@coxswain/sandbox';",
  /@coxswain\/sandbox belongs to no part of the code map$/,
);
test(
  'only the Slack client words what it sends',
  sees,
  rules.importsGoOneWay,
  'src/clients/github/github-client.ts',
  "import { x } from '../../messages/run.ts';",
  /src\/clients may not import src\/messages\/run\.ts$/,
);
test(
  'nobody imports main',
  sees,
  rules.importsGoOneWay,
  'src/config.ts',
  "import { x } from './main.ts';",
  /nobody imports src\/main\.ts$/,
);
test(
  'only main joins the clients to the pipeline',
  sees,
  rules.importsGoOneWay,
  'src/cli/a.ts',
  "import { x } from '../wiring/ports.ts';",
  /nobody but src\/main\.ts imports src\/wiring$/,
);
test('every folder has its place', sees, rules.importsGoOneWay, 'src/utils/a.ts', "import { x } from './b.ts';", /no part in the drawing$/);
for (const read of ['performance.now()', 'Date.now', 'new Date()', 'process.hrtime()'])
  test(
    `${read} is read in one place`,
    sees,
    rules.clocksHaveOneDoor,
    'src/pipeline/a.ts',
    `const at = ${read};`,
    /:1: clocks are read by core\/time\/clock/,
  );
test(
  'clients do not know each other',
  sees,
  rules.clientsAreApart,
  'src/clients/git/a.ts',
  "import { x } from '../store/b.ts';",
  /client git imports client store$/,
);
test(
  'a library has one home',
  sees,
  rules.librariesHaveOneHome,
  'src/pipeline/a.ts',
  "import { Low } from 'lowdb';",
  /lowdb belongs to src\/clients\/store$/,
);
test(
  'a library that nobody has settled is refused',
  sees,
  rules.librariesHaveOneHome,
  'src/clients/git.ts',
  "import chalk from 'chalk';",
  /chalk belongs to no part of the code map$/,
);
test(
  'core has no library',
  sees,
  rules.librariesHaveOneHome,
  'src/core/a.ts',
  "import { z } from 'zod';",
  /zod belongs to src\/config or src\/clients$/,
);
test('a file has at most 220 lines of code', sees, rules.filesAreShort, 'src/core/a.ts', lines(221), /221 lines of code/);
test(
  'a function has at most 40 lines of code',
  sees,
  rules.functionsAreShort,
  'src/core/a.ts',
  `function f(): void {\n${lines(39)}}\n`,
  /^src\/core\/a\.ts:1: a function of 41 lines/,
);
test(
  'arrow functions count',
  sees,
  rules.functionsAreShort,
  'src/core/a.ts',
  `const f = async (x: number): Promise<void> => {\n${lines(39)}};`,
  /a function of 41 lines/,
);
test(
  'methods count',
  sees,
  rules.functionsAreShort,
  'src/core/a.ts',
  `class A {\n  get x(): number {\n${lines(39)}}\n}`,
  /:2: a function of 41 lines/,
);
test(
  'the environment is handed in',
  sees,
  rules.environmentIsHandedIn,
  'src/config/a.ts',
  "const x = process['env'].X;",
  /process\.env is read only where a process starts/,
);
test('exports have names', sees, rules.exportsHaveNames, 'src/core/a.ts', 'export default 1;', /default export/);
test(
  'no file passes on another one',
  sees,
  rules.noBarrels,
  'src/core/index.ts',
  "export * from './run.ts';",
  /exports what another file exports/,
);
test(
  'blocks are made in messages',
  sees,
  rules.onlyMessagesMakeBlocks,
  'src/pipeline/a.ts',
  "const x = { type: 'section' };",
  /blocks are made in messages only/,
);

test('blank lines and comments are not lines of code', (t) => {
  const body = `${lines(30)}\n\n// one\n/* two\n   three */\n${lines(8, '  a(); // here\n')}`;
  t.deepEqual(
    rules.functionsAreShort(readSource('src/core/a.ts', `interface I {\n  /** x\n   */\n  y: string;\n}\nfunction f() {\n${body}}`)),
    [],
  );
  t.deepEqual(rules.filesAreShort(readSource('src/core/a.ts', lines(220) + lines(90, '\n') + lines(90, '// x\n'))), []);
});

test('what only looks like a comment or an import is none', (t) => {
  const text = [
    "const a = '// no';",
    'const b = `',
    '/* no',
    '$' + "{'*/'}",
    '`;',
    'const c = /\\/\\/*/;',
    'const d = "import { x } from \'./b.ts\'";',
  ].join('\n');
  const source = readSource('src/core/a.ts', text);
  t.is(source.isCode.filter(Boolean).length, 7);
  t.deepEqual(source.imports, []);
});

test('types that Node cannot strip are refused', (t) => {
  t.throws(() => readSource('src/core/a.ts', 'enum A { B }'), { message: /enum/ });
  t.throws(() => readSource('src/core/a.ts', 'class A { constructor(private x: string) {} }'), { message: /parameter property/ });
});
test(
  'requests go through one door',
  sees,
  doors.requestsHaveOneDoor,
  'src/clients/slack/a.ts',
  "await fetch('https://a');",
  /:1: requests go/,
);
test('nor by a module of Node', sees, doors.requestsHaveOneDoor, 'src/cli/a.ts', "import { get } from 'node:https';", /:1: requests go/);
test('nor by a socket', sees, doors.requestsHaveOneDoor, 'src/main.ts', "new WebSocket('wss://a');", /:1: requests go/);
test(
  'texts are read at one door',
  sees,
  doors.textsHaveOneDoor,
  'src/config/a.ts',
  "import { readFileSync } from 'node:fs';",
  /:1: texts are/,
);
