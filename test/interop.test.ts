import { globSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { readRows, tableOf } from './interop/support/row.ts';
import { withSections } from './readme/sections.ts';

const folder = new URL('interop/', import.meta.url);
const file = new URL('README.md', folder);
const names = globSync('rows/*.json', { cwd: folder }).map((path) => path.replace(/^rows.(.*)\.json$/, '$1'));

test('the tables of servers that other people wrote are current (UPDATE_README=1 makes them so)', (t) => {
  const readme = readFileSync(file, 'utf8');
  const current = withSections(readme, Object.fromEntries(names.map((name) => [name, tableOf(readRows(name))])));
  if (process.env.UPDATE_README) writeFileSync(file, current);
  t.is(process.env.UPDATE_README ? current : readme, current);
});

test('a row of the tables says what was seen before and now', (t) => {
  for (const name of names) {
    for (const [server, dids] of Object.entries(readRows(name))) {
      for (const [did, { before, now }] of Object.entries(dids)) t.true(before !== '' && now !== '', `${name}: ${server}: ${did}`);
    }
  }
});
