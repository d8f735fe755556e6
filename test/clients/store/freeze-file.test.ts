import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { openFreezes } from '../../../src/clients/store/freeze-file.ts';

const quiet = { info() {}, warn() {}, error() {} };
const freeze = { reason: 'the fair', by: 'U1', at: '2026-01-01T00:00:00.000Z' };

test('a freeze outlives a restart, one that could not be kept is none, and one whose end could not be kept holds on', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-freezes-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'data', 'freezes.json');
  const freezes = await openFreezes(path, quiet);
  await t.throwsAsync(freezes.freeze(freeze), { code: 'ENOENT' });
  t.deepEqual(freezes.list(), []);

  await mkdir(join(folder, 'data'));
  await freezes.freeze(freeze);
  await rm(join(folder, 'data'), { recursive: true });
  await t.throwsAsync(freezes.unfreeze(), { code: 'ENOENT' });
  t.deepEqual(freezes.list(), [freeze]);

  await mkdir(join(folder, 'data'));
  await freezes.freeze({ ...freeze, repository: 'app' });
  t.deepEqual((await openFreezes(path, quiet)).list(), [freeze, { ...freeze, repository: 'app' }]);
});

test('where it cannot be told what is frozen, all is held until somebody says otherwise, over a restart too', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-freezes-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const broken: readonly ((path: string) => Promise<unknown>)[] = [
    (path) => writeFile(path, '{"freezes":[{"reason":'),
    (path) => writeFile(path, '{"freezes":[{"reason":1}]}'),
    (path) => writeFile(path, '[]'),
    (path) => mkdir(path),
  ];
  for (const [index, make] of broken.entries()) {
    const path = join(folder, `${index}.json`);
    await make(path);
    const said: string[] = [];
    const freezes = await openFreezes(path, { ...quiet, error: (message) => said.push(message) });
    t.regex(freezes.list()[0]?.reason ?? '', /was corrupt and is now .*corrupt-\d+T\d+Z/);
    t.is(freezes.list()[0]?.repository, undefined);
    t.regex(said.join(), /all releases are on hold/);
    t.is((await openFreezes(path, quiet)).list().length, 1);
    await freezes.unfreeze();
    t.deepEqual((await openFreezes(path, quiet)).list(), []);
  }
  t.is((await readdir(folder)).filter((name) => name.includes('corrupt')).length, broken.length);
});
