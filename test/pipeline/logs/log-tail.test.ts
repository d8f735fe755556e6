import test from 'ava';
import type { Run } from '../../../src/core/run/run.ts';
import { readerNamed } from '../../../src/logs/readers.ts';
import { type KeptLogs, logFileOf, type TailPorts, tailOf } from '../../../src/pipeline/logs/log-tail.ts';
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

const objects = (reader: string) => [
  { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a', annotations: { 'coxswain/reader': reader } } },
];
const run = aRun(1, {
  state: 'failed',
  stages: [
    { name: 'image', kind: 'image', state: 'failed', objects: objects('makisu') },
    { name: 'test', kind: 'test', state: 'skipped' },
  ],
});

function ports(texts: readonly string[], ...others: readonly Run[]): TailPorts & { said: string[] } {
  const said: string[] = [];
  return {
    logs: kept(texts),
    readerNamed,
    log: (message) => void said.push(message),
    run: (id) => others.find((one) => one.id === id),
    said,
  };
}

const texts = [json('* Step 1/2 : RUN make'), json('a\nb\nc\n', 'error'), json('failed to build', 'error')];

test('the log of a build is shown as its messages, counted as they are shown', async (t) => {
  t.like(await tailOf(ports(texts), run, undefined, 3), { stage: 'image', lines: ['b', 'c', 'error: failed to build'], total: 5 });
  t.is((await tailOf(ports(texts), run, 'image', 40)).lines[0], '* Step 1/2 : RUN make');
});

test('how a log is shown is decided by the reader that the template names, not by the kind of the stage', async (t) => {
  const stages = [
    { name: 'image', kind: 'image', state: 'failed', objects: objects('plain') } as const,
    { name: 'test', kind: 'test', state: 'passed', objects: objects('makisu') } as const,
  ];
  const other = aRun(1, { state: 'failed', stages });
  t.deepEqual((await tailOf(ports(texts), other, 'image', 40)).lines, texts);
  t.is((await tailOf(ports(texts), other, 'test', 40)).lines.at(-1), 'error: failed to build');
});

test('a stage that was taken over is shown as in the run in which it ran', async (t) => {
  const retry = aRun(2, { stages: [{ name: 'image', kind: 'image', state: 'passed', reusedFrom: 'app-1' }] });
  t.is((await tailOf(ports(texts, run), retry, 'image', 40)).lines.at(-1), 'error: failed to build');
  t.deepEqual((await tailOf(ports(texts), retry, 'image', 40)).lines, texts);
});

test('a reader that there is none of leaves lines as they are', async (t) => {
  const strange = aRun(1, { state: 'failed', stages: [{ name: 'image', kind: 'image', state: 'failed', objects: objects('bazel') }] });
  const asked = ports(texts);
  t.deepEqual((await tailOf(asked, strange, 'image', 40)).lines, texts);
  t.regex(asked.said.join(), /no log reader "bazel".* read as plain text/);
});

test('the log of a test is shown as it is, JSON or not', async (t) => {
  t.deepEqual((await tailOf(ports(texts), run, 'test', 40)).lines, texts);
});

test('the file of a build holds every line as it was', async (t) => {
  t.is((await logFileOf(kept(texts), run, 'image'))?.text, `==== image, container main ====\n${texts.join('\n')}`);
});

test('of a long log as many lines as were asked for are kept', async (t) => {
  const many = Array.from({ length: 1000 }, (_, n) => `line ${n}`);
  const { lines, total } = await tailOf(ports(many), run, 'test', 7);
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
  const tail = await tailOf({ ...ports([]), logs: long }, run, 'test', 5);
  t.is(tail.lines.length, 5);
  t.false('total' in tail);
  t.is(asked.length, 3);
  const file = await logFileOf(long, run, 'test');
  t.true((file?.text.length ?? 0) < 8.1 * 1024 ** 2);
  t.is(file?.text.match(/the beginning is omitted/g)?.length, 4);
});
