import test from 'ava';
import { ClusterError } from '../../../src/core/cluster.ts';
import type { LogLine, Reader } from '../../../src/core/logs.ts';
import { lineRedactor } from '../../../src/core/redaction/redactor.ts';
import { gapText, kubeletText, LogFollower } from '../../../src/pipeline/logs/log-follower.ts';

const line = (second: number, text: string): LogLine => ({ time: `2026-01-01T00:00:${String(second).padStart(2, '0')}.5Z`, text });

/** Each reading gives some lines and then ends or breaks. */
function follow(
  readings: { lines: LogLine[]; error?: Error; ended?: boolean }[],
  kept: LogLine[] = [],
  unreadable?: Error,
  redact = (text: string) => text.replace('hunter2', '[redacted]'),
) {
  const read: string[] = [];
  const sinces: (string | undefined)[] = [];
  const store: LogLine[] = [...kept];
  let ended = false;
  const reader: Reader = {
    line: (text) => void read.push(text),
    progress: () => ({}),
    shown: (text) => [text],
    cause: () => ({ kind: '', title: '', excerpt: [], next: '' }),
  };
  const follower = new LogFollower({
    now: () => new Date(),
    what: { run: 'app-1', stage: 'test', namespace: 'ns', pod: 'p', container: 'test' },
    source: {
      async *followLog({ since }) {
        sinces.push(since);
        const reading = readings.shift();
        ended = reading?.ended ?? true;
        yield* reading?.lines ?? [];
        if (reading?.error) throw reading.error;
      },
    },
    keeper: {
      append: (_run, _stage, _container, lines) => void store.push(...lines),
      async *read() {
        yield* kept;
        if (unreadable) throw unreadable;
      },
      flush: async () => undefined,
    },
    reader,
    redact,
    redactKubelet: (text) => text.replace('hunter2', '[redacted]'),
    hasEnded: () => ended,
    onProgress: () => undefined,
    log: () => undefined,
  });
  return { follower, read, store, sinces };
}

test('a cut connection is read on from the last line, without losing or repeating one', async (t) => {
  const { follower, read, sinces } = follow([
    { lines: [line(1, 'a'), line(2, 'b')], error: new Error('reset') },
    { lines: [line(2, 'b'), line(3, 'c')], ended: true },
    { lines: [line(3, 'c')], ended: true },
  ]);
  await follower.done;
  t.deepEqual(read, ['a', 'b', 'c']);
  t.deepEqual(sinces.slice(0, 2), [undefined, line(2, '').time]);
});

test('after a restart the reader learns from the kept log, and the kept log is not written twice', async (t) => {
  const { follower, read, store } = follow([{ lines: [line(2, 'b'), line(3, 'c')] }], [line(1, 'a'), line(2, 'b')]);
  await follower.done;
  t.deepEqual(read, ['a', 'b', 'c']);
  t.deepEqual(
    store.map(({ text }) => text),
    ['a', 'b', 'c'],
  );
});

test('lines that were rotated away meanwhile are a gap, and the gap is said', async (t) => {
  const { follower, read } = follow([{ lines: [line(8, 'z')] }], [line(1, 'a')]);
  await follower.done;
  t.deepEqual(read, ['a', gapText(line(1, '').time, line(8, '').time), 'z']);
});

test('secrets are redacted before a line is kept or read', async (t) => {
  const { follower, read, store } = follow([{ lines: [line(1, 'password hunter2')] }]);
  await follower.done;
  t.deepEqual([read, store.map(({ text }) => text)], [['password [redacted]'], ['password [redacted]']]);
});

test('a pod that is gone ends the following', async (t) => {
  const gone = new ClusterError('pods "p" not found', { code: 404, reason: 'NotFound', retry: false });
  const { follower, read } = follow([{ lines: [line(1, 'a')], error: gone }]);
  await follower.done;
  t.deepEqual(read, ['a']);
});

test('a kubelet that has just started and does not know the pod yet is asked again', async (t) => {
  const unknown = new ClusterError('the server could not find the requested resource', { code: 404, reason: 'NotFound', retry: false });
  const { follower, read } = follow([
    { lines: [line(1, 'a')], error: new Error('reset'), ended: false },
    { lines: [], error: unknown, ended: false },
    { lines: [line(1, 'a'), line(2, 'b')], ended: true },
  ]);
  await follower.done;
  t.deepEqual(read, ['a', 'b']);
});

test('a kept log that cannot be read is read from the cluster, and stops nothing', async (t) => {
  const { follower, read } = follow([{ lines: [line(1, 'a'), line(2, 'b')] }], [], new Error('EIO'));
  await follower.done;
  t.deepEqual(read, ['a', 'b']);
});

test('the log of an ended container that its node refuses to give is not asked for without end', async (t) => {
  const refusal = () => ({
    lines: [],
    error: new ClusterError('dial tcp: no route', { code: 500, reason: 'InternalError', retry: true }),
    ended: true,
  });
  const { follower, sinces } = follow([refusal(), refusal(), refusal(), refusal(), refusal(), refusal(), refusal()]);
  await follower.done;
  t.is(sinces.length, 5);
});

test('a restart in the middle of a private key keeps nothing of the rest of it', async (t) => {
  const key = ['-----BEGIN RSA PRIVATE KEY-----', 'MIIEowIBAAKCAQEA', 'q83vEjRWeJCrze8S', '-----END RSA PRIVATE KEY-----', 'tests passed'];
  const before = lineRedactor([]);
  const kept = key.slice(0, 2).map((text, at) => line(at, before(text)));
  const rest = key.map((text, at) => line(at, text));
  const { follower, store } = follow([{ lines: rest, ended: true }], kept, undefined, lineRedactor([]));
  await follower.done;
  t.deepEqual(
    store.map(({ text }) => text),
    ['[redacted]', '[redacted]', '[redacted]', '[redacted]', 'tests passed'],
  );
});

const trouble: LogLine = { time: line(1, '').time, text: 'failed to create fsnotify watcher: too many open files', ofKubelet: true };

test('what the kubelet itself says is kept once, however often it is said, and is no line of the container', async (t) => {
  const { follower, read, store, sinces } = follow([
    { lines: [trouble], ended: false },
    { lines: [line(1, 'a'), trouble], ended: false },
    { lines: [line(1, 'a'), { ...line(1, 'b'), ofKubelet: true }, trouble, line(2, 'c')], ended: false },
    { lines: [line(2, 'c'), trouble], ended: true },
  ]);
  await follower.done;
  t.deepEqual(read, ['a', 'c']);
  t.deepEqual(
    store.map(({ text }) => text),
    [kubeletText(trouble.text), 'a', kubeletText('b'), 'c'],
  );
  t.deepEqual(sinces.slice(0, 4), [undefined, undefined, line(1, '').time, line(2, '').time]);
});

test('after a restart it is not kept again, and lines of the same moment are neither lost nor repeated', async (t) => {
  const kept = [line(1, 'a'), { time: line(1, '').time, text: kubeletText(trouble.text) }];
  const { follower, read, store } = follow([{ lines: [line(1, 'a'), trouble, line(1, 'b')], ended: true }], kept);
  await follower.done;
  t.deepEqual(read, ['a', 'b']);
  t.deepEqual(
    store.map(({ text }) => text),
    ['a', kubeletText(trouble.text), 'b'],
  );
  t.is(follower.lines, 3);
});

test('of endless other words of the kubelet the first are kept', async (t) => {
  const many = Array.from({ length: 500 }, (_, i): LogLine => ({ ...trouble, text: `failed ${i} hunter2` }));
  const { follower, store } = follow([{ lines: many, ended: true }]);
  await follower.done;
  t.is(store.length, 20);
  t.is(store[0]?.text, kubeletText('failed 0 [redacted]'));
});
