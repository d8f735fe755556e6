import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { openFreezes } from '../../../src/clients/store/freeze-file.ts';

const freeze = { reason: 'the fair', by: 'U1', at: '2026-01-01T00:00:00.000Z' };

test('a freeze outlives a restart, one that could not be kept is none, and one whose end could not be kept holds on', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-freezes-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'data', 'freezes.json');
  const freezes = await openFreezes(path);
  await t.throwsAsync(freezes.freeze(freeze), { code: 'ENOENT' });
  t.deepEqual(freezes.list(), []);

  await mkdir(join(folder, 'data'));
  await freezes.freeze(freeze);
  await rm(join(folder, 'data'), { recursive: true });
  await t.throwsAsync(freezes.unfreeze(), { code: 'ENOENT' });
  t.deepEqual(freezes.list(), [freeze]);

  await mkdir(join(folder, 'data'));
  await freezes.freeze({ ...freeze, repository: 'app' });
  t.deepEqual((await openFreezes(path)).list(), [freeze, { ...freeze, repository: 'app' }]);
});
