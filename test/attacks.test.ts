import { globSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { type AttackRow, tableOf, testsOf } from './attacks/row.ts';
import { withSections } from './readme/sections.ts';

const folder = new URL('attacks/', import.meta.url);
const file = new URL('README.md', folder);
const tests = globSync(['*.test.ts', '../cluster/[0-9][0-9]-*.test.ts'], { cwd: folder }).sort();

async function readRows(): Promise<AttackRow[]> {
  const names = globSync('rows/*.ts', { cwd: folder }).sort();
  return Promise.all(names.map(async (name) => ((await import(new URL(name, folder).href)) as { row: AttackRow }).row));
}

test('the table of attacks is current (UPDATE_README=1 makes it so)', async (t) => {
  const readme = readFileSync(file, 'utf8');
  const current = withSections(readme, { attacks: tableOf(await readRows(), tests) });
  if (process.env.UPDATE_README) writeFileSync(file, current);
  t.is(process.env.UPDATE_README ? current : readme, current);
});

test('each row of the table has a number of its own and a test that holds it', async (t) => {
  const numbers = (await readRows()).map(({ number }) => number);
  t.deepEqual(numbers, [...new Set(numbers)]);
  for (const number of numbers) t.true(testsOf(number, tests).length > 0, `number ${number}`);
});
