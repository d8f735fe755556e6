import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { runProgram } from '../../../../src/clients/git/program/run-program.ts';
import { inLane, type Lane } from '../../../../src/core/concurrency/lane.ts';

const lanes = ['questions', 'decisions', 'bot'] as const;

test('questions and decisions have four programs at once each and the bot eight; none waits for another', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-programs-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const options = { env: { PATH: process.env.PATH ?? '' }, cwd: folder, timeoutMs: 20_000, mostBytes: 1_000 };
  const wait = 'touch "$0.begun"; while [ ! -e go ]; do sleep 0.05; done';
  const begin = (lane: Lane, n: number) => inLane(lane, () => runProgram('sh', ['-c', wait, `${lane}-${n}`], options));
  const all = Array.from({ length: 12 }, (_unused, n) => lanes.map((lane) => begin(lane, n))).flat();
  const begun = async (lane: Lane) => (await readdir(folder)).filter((name) => name.startsWith(lane)).length;
  const most = { questions: 4, decisions: 4, bot: 8 };
  const isFull = async (lane: Lane) => (await begun(lane)) >= most[lane];
  while (!(await Promise.all(lanes.map(isFull))).every(Boolean)) await new Promise((resolve) => setTimeout(resolve, 50));
  await new Promise((resolve) => setTimeout(resolve, 300));
  t.deepEqual(await Promise.all(lanes.map(begun)), [4, 4, 8]);
  await writeFile(join(folder, 'go'), '');
  const ends = await Promise.all(all);
  t.true(ends.every(({ exitCode }) => exitCode === 0));
  t.deepEqual(await Promise.all(lanes.map(begun)), [12, 12, 12]);
});
