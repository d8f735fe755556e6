import test from 'ava';
import { fileOf, type KeptLogs, tailOf } from '../../../src/pipeline/logs/log-tail.ts';
import { aRun } from '../world.ts';

const json = (msg: string, level = 'info') => JSON.stringify({ level, ts: 1795521969.7, msg });

/** Logs of a stage `image` and a stage `test` with the same lines. */
function kept(texts: readonly string[]): KeptLogs {
  return {
    files: async () => ['image', 'test'].map((stage) => ({ stage, container: 'main', bytes: 1 })),
    tail: async () => ({ lines: texts.map((text) => ({ time: '2026-01-01T00:00:01Z', text })), cut: false }),
    text: async () => ({ text: texts.join('\n'), cut: false }),
  };
}

const run = aRun(1, {
  state: 'failed',
  stages: [
    { name: 'image', kind: 'image', state: 'failed' },
    { name: 'test', kind: 'test', state: 'skipped' },
  ],
});
const texts = [json('* Step 1/2 : RUN make'), json('a\nb\nc\n', 'error'), json('failed to build', 'error')];

test('the log of a build is shown as its messages, counted as they are shown', async (t) => {
  t.like(await tailOf(kept(texts), run, undefined, 3), { stage: 'image', lines: ['b', 'c', 'error: failed to build'], total: 5 });
  t.is((await tailOf(kept(texts), run, 'image', 40)).lines[0], '* Step 1/2 : RUN make');
});

test('the log of a test is shown as it is, JSON or not', async (t) => {
  t.deepEqual((await tailOf(kept(texts), run, 'test', 40)).lines, texts);
});

test('the file of a build holds every line as it was', async (t) => {
  t.is((await fileOf(kept(texts), run, 'image'))?.text, `==== image, container main ====\n${texts.join('\n')}`);
});

test('of a long log as many lines as were asked for are kept', async (t) => {
  const many = Array.from({ length: 1000 }, (_, n) => `line ${n}`);
  const { lines, total } = await tailOf(kept(many), run, 'test', 7);
  t.deepEqual([lines.length, lines[0], lines.at(-1), total], [7, 'line 993', 'line 999', 1000]);
});

test('of a log that is too long to be counted only the last lines are told, and the containers share what is looked through', async (t) => {
  const asked: number[] = [];
  const lines = Array.from({ length: 9 }, () => ({ time: 'T', text: 'x'.repeat(100_000) }));
  const long: KeptLogs = {
    files: async () => ['a', 'b', 'c', 'd'].map((container) => ({ stage: 'test', container, bytes: 1 })),
    async tail(_run, _stage, _container, maxBytes) {
      asked.push(maxBytes);
      return { lines, cut: true };
    },
    async text(_run, _stage, _container, maxBytes) {
      asked.push(maxBytes);
      return { text: 'x'.repeat(Math.min(maxBytes, 5_000_000)), cut: true };
    },
  };
  const tail = await tailOf(long, run, 'test', 5);
  t.is(tail.lines.length, 5);
  t.false('total' in tail);
  t.is(asked.length, 3);
  const file = await fileOf(long, run, 'test');
  t.true((file?.text.length ?? 0) < 8.1 * 1024 ** 2);
  t.is(file?.text.match(/the beginning is left out/g)?.length, 4);
});
