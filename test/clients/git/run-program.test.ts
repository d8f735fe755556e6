import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { runProgram } from '../../../src/clients/git/run-program.ts';
import { inLane } from '../../../src/core/lane.ts';

test('people have four programs at once and the bot eight; neither waits for the other', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-programs-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const options = { env: { PATH: process.env.PATH ?? '' }, cwd: folder, timeoutMs: 20_000, mostBytes: 1_000 };
  const wait = 'touch "$0.begun"; while [ ! -e go ]; do sleep 0.05; done';
  const begin = (lane: 'people' | 'bot', n: number) => inLane(lane, () => runProgram('sh', ['-c', wait, `${lane}-${n}`], options));
  const all = Array.from({ length: 12 }, (_unused, n) => [begin('people', n), begin('bot', n)]).flat();
  const begun = async (lane: string) => (await readdir(folder)).filter((name) => name.startsWith(lane)).length;
  while ((await begun('bot')) < 8 || (await begun('people')) < 4) await new Promise((resolve) => setTimeout(resolve, 50));
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.deepEqual([await begun('people'), await begun('bot')], [4, 8]);
  await writeFile(join(folder, 'go'), '');
  const ends = await Promise.all(all);
  t.true(ends.every(({ exitCode }) => exitCode === 0));
  t.deepEqual([await begun('people'), await begun('bot')], [12, 12]);
});
