import { globSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import type { Diagnostics } from 'recheck';
import { type Expression, expressionsOf, unknownExpressions } from './architecture/expressions.ts';
import { readSource } from './architecture/source.ts';
import { growsTooFast, slowness } from './architecture/time.ts';

// Every regular expression of the sources takes time that grows with the length of the text, and no faster: who can make a text long, could else
// stop the bot. Those of today and of tomorrow are found in the sources, proven by `recheck`, and timed with texts that are made of themselves.

const root = new URL('../', import.meta.url);
const sources = new Map(
  globSync('{src,commands,sandbox/src}/**/*.ts', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .map((path) => [path, readSource(path, readFileSync(new URL(path, root), 'utf8'))]),
);
/** What runs in the browser of somebody who looks at the sandbox keeps nobody else. */
const looked = [...sources.values()].filter(({ path }) => !path.startsWith('sandbox/src/page/browser/'));
const expressions = looked.flatMap((source) => expressionsOf(source, sources));

/** What is built when it runs, and why that is well. */
const built: Readonly<Record<string, string>> = {
  'src/core/redaction/known.ts': 'each alternative is the text of one secret, its characters escaped',
  'sandbox/src/github/routes.ts': 'a table of paths in the same file',
  'sandbox/src/makisu/registry-config.ts': 'the configuration of a build names repositories by expressions, as that of Makisu does',
};

test('expressions are written down, or built of what is', (t) => {
  const found = looked.flatMap((source) => unknownExpressions(source, sources));
  t.deepEqual(
    found.filter((place) => !Object.hasOwn(built, place.split(':', 1)[0] ?? '')),
    [],
  );
});

/**
 * Expressions that were proven and timed, which takes seconds for each, so it is done once: for those that are not in this list yet, and for all
 * with `UPDATE_PROVEN=1`, which writes down those that are new.
 */
const list = new URL('architecture/proven.txt', import.meta.url);
const written = ({ source, flags }: Expression) => `/${source}/${flags}`;
const update = process.env.UPDATE_PROVEN === '1';
const proven = new Set(readFileSync(list, 'utf8').split('\n'));
const unproven = new Map(expressions.filter((one) => !proven.has(written(one))).map((one) => [written(one), one]));
const timed = update ? expressions : [...unproven.values()];

test.serial('every expression is proven linear', async (t) => {
  t.timeout(1_800_000);
  for (const [name, { at, source, flags }] of unproven) {
    // Big, and most of the time there is none to prove.
    const { check } = await import('recheck');
    const found = await check(source, flags, { timeout: update ? 60_000 : 20_000 });
    const isShown =
      found.status !== 'vulnerable' || found.checker === 'automaton' || growsTooFast({ source, flags }, attackOf(found.attack));
    if (found.status === 'vulnerable' && isShown) t.fail(`${at} ${name} takes long for ${found.attack.pattern}`);
    // It knows not every flag, and not every machine has the time: then the times below are what holds.
    else if (found.status === 'unknown') t.log(`not proven: ${at} ${name}`);
    else proven.add(name);
  }
  t.pass();
});

for (const path of new Set(expressions.map(({ at }) => at.split(':', 1)[0] ?? ''))) {
  test.serial(`no text of 64 KiB keeps the expressions of ${path}`, async (t) => {
    // Lets the test runner hear of those before.
    await new Promise(setImmediate);
    const slow = timed.filter(({ at }) => at.startsWith(`${path}:`)).map((one) => [one.at, slowness(one)]);
    t.deepEqual(
      slow.filter(([, why]) => why !== undefined),
      [],
    );
  });
}

// Runs where every test has passed: what is slow is not kept.
test.after(() => {
  if (!update) return;
  const present = new Set(expressions.map(written));
  const kept = [...proven].filter((name) => present.has(name)).toSorted();
  writeFileSync(list, `${kept.join('\n')}\n`);
});

/** The text that is said to take long, at any length. What is found by trying counts only where it does so here. */
function attackOf({ pumps, suffix }: Extract<Diagnostics, { status: 'vulnerable' }>['attack']): (length: number) => string {
  const once = pumps.reduce((sum, { pump }) => sum + pump.length, 0);
  return (length) => pumps.map(({ prefix, pump }) => prefix + pump.repeat(Math.ceil(length / once))).join('') + suffix;
}

const bad = test.macro((t, source: string, flags: string) =>
  t.regex(slowness({ at: 'a.ts:1', source, flags }) ?? '', / ms for \d+ characters/),
);

test('cubic time is seen', bad, String.raw`^\S*\d+\.\d+\.\d+\S*$`, '');
test('exponential time is seen', bad, '^(a|a)*$', '');
test('stars beside each other are seen', bad, String.raw`^\s*(?:[a-z]{1,200})?\s*$`, '');
test('a star that may begin anywhere is seen', bad, String.raw`\s+$`, '');
test('a word that may begin anywhere and is looked for to the end is seen', bad, 'open .*: no such file', 's');
test('signs that two classes take are seen', bad, String.raw`^(?:\{\{.*|\*+)[,;)}\]]*$`, '');
test('a comment that does not end is seen', bad, String.raw`\n*<!-- run: (\w+) -->(?!.*<!-- run: )\s*`, 's');
test('what is found in all of a text is seen', bad, '<!--.*?-->', 'gs');

test('expressions are found wherever they are written', (t) => {
  const texts = {
    'src/a.ts': "export const slug = '[a-z]+';\nconst number = '0|1';\n",
    'src/b.ts': [
      "import { slug as name } from './a.ts';",
      'const digits = String.raw`\\d+`;',
      'const one = new RegExp(`^$' + '{name}($' + '{digits})`, "g");',
      "const two = RegExp([digits, 'x'].join('|') + name);",
      'const three = new RegExp(/a/.source);',
      'export const f = (text: string) => text.split(/b/u).map((part) => new RegExp(part));',
    ].join('\n'),
  };
  const known = new Map(Object.entries(texts).map(([path, text]) => [path, readSource(path, text)]));
  const second = known.get('src/b.ts');
  t.truthy(second);
  if (!second) return;
  t.deepEqual(
    expressionsOf(second, known).map((one) => `${one.at} ${written(one)}`),
    ['src/b.ts:3 /^[a-z]+(\\d+)/g', 'src/b.ts:4 /\\d+|x[a-z]+/', 'src/b.ts:5 /a/', 'src/b.ts:5 /a/', 'src/b.ts:6 /b/u'],
  );
  t.deepEqual(unknownExpressions(second, known), ['src/b.ts:6']);
});
