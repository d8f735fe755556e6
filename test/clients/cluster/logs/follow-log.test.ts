import type { ServerResponse } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { followLog } from '../../../../src/clients/cluster/logs/follow-log.ts';
import { ApiServer } from '../../../../src/clients/cluster/transport/api-server.ts';
import { ClusterError } from '../../../../src/core/cluster.ts';
import type { LogLine } from '../../../../src/core/logs.ts';
import { ScriptedApi, status } from '../scripted-api.ts';

const stamp = '2026-11-24T12:00:00.123456789Z';
const at = { namespace: 'n', pod: 'p', container: 'build', since: '2026-11-24T12:00:00Z' };

async function following(t: ExecutionContext, answer: Parameters<ScriptedApi['on']>[1], signal = new AbortController().signal) {
  const scripted = await ScriptedApi.start();
  t.teardown(() => scripted.stop());
  scripted.on(() => true, answer);
  return { scripted, lines: followLog(new ApiServer(scripted.kubeConfig()), at, signal) };
}

/** Sends the pieces one after another, each in a packet of its own. */
const pieces =
  (...all: (string | Buffer)[]) =>
  (response: ServerResponse) => {
    response.socket?.setNoDelay(true);
    const next = () => {
      const piece = all.shift();
      if (piece === undefined) response.end();
      else response.write(piece, () => setImmediate(next));
    };
    next();
  };

async function collect(lines: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const found = [];
  for await (const line of lines) found.push(line);
  return found;
}

const texts = async (lines: AsyncIterable<LogLine>) => (await collect(lines)).map(({ text }) => text);

test('asks for the container from that time on, with the time of each line', async (t) => {
  const { scripted, lines } = await following(t, pieces(`${stamp} one\n2026-11-24T12:00:01Z two\n`));
  t.deepEqual(await collect(lines), [
    { time: stamp, text: 'one' },
    { time: '2026-11-24T12:00:01Z', text: 'two' },
  ]);
  t.is(scripted.received[0]?.path, '/api/v1/namespaces/n/pods/p/log');
  t.deepEqual(Object.fromEntries(scripted.received[0]?.query ?? []), {
    container: 'build',
    follow: 'true',
    timestamps: 'true',
    sinceTime: at.since,
  });
});

test('lines and characters may be split anywhere, and the last line needs no end', async (t) => {
  const bytes = Buffer.from(`${stamp} größe €\n${stamp} \n${stamp} zwei\r\n${stamp} drei`);
  const { lines } = await following(t, pieces(...Array.from(bytes, (_, index) => bytes.subarray(index, index + 1))));
  t.deepEqual(await texts(lines), ['größe €', '', 'zwei', 'drei']);
});

test("a line without a time is the kubelet's own", async (t) => {
  const { lines } = await following(t, pieces(`${stamp} one\nfailed to watch file: too many open files\n`));
  t.deepEqual((await collect(lines))[1], { time: stamp, text: 'failed to watch file: too many open files', ofKubelet: true });
});

test('a very long line is cut at 64 kB, between characters, and what follows is read as ever', async (t) => {
  const long = '€'.repeat(100_000);
  const { lines } = await following(t, pieces(`${stamp} ${long.slice(0, 50_000)}`, `${long.slice(50_000)}\n${stamp} next\n`));
  const [cut = '', next] = await texts(lines);
  const [, kept = '', left] = /^(€+) … \((\d+) more bytes of this line omitted\)$/.exec(cut) ?? [];
  t.true(kept.length > 21_000 && kept.length < 21_900);
  t.true(Math.abs(kept.length * 3 + Number(left) - 300_000) < 3);
  t.is(next, 'next');
});

test('a connection that breaks is told after the whole lines; the line that it cut is left out', async (t) => {
  const { lines } = await following(t, (response) =>
    response.write(`${stamp} whole\n${stamp} ha`, () => setImmediate(() => response.destroy())),
  );
  const found: string[] = [];
  const reading = (async () => {
    for await (const { text } of lines) found.push(text);
  })();
  t.like(await t.throwsAsync(reading, { instanceOf: ClusterError }), { reason: 'Unreachable', retry: true });
  t.deepEqual(found, ['whole']);
});

test('a container that waits may be asked again, a wrong one may not', async (t) => {
  const waits = await following(t, status(400, 'BadRequest', 'container "build" in pod "p" is waiting to start: PodInitializing'));
  t.like(await t.throwsAsync(texts(waits.lines), { instanceOf: ClusterError }), { code: 400, retry: true });
  const wrong = await following(t, status(400, 'BadRequest', 'container nope is not valid for pod p'));
  t.like(await t.throwsAsync(texts(wrong.lines), { instanceOf: ClusterError }), { code: 400, retry: false });
  const absent = await following(t, status(404, 'NotFound', 'pods "p" not found'));
  t.like(await t.throwsAsync(texts(absent.lines), { instanceOf: ClusterError }), { code: 404, reason: 'NotFound' });
});

for (const when of ['before', 'during'] as const) {
  test(`abort ${when} the log ends it without an error and closes the request`, async (t) => {
    const stop = new AbortController();
    const { scripted, lines } = await following(
      t,
      (response) => (when === 'before' ? undefined : response.write(`${stamp} one\n`)),
      stop.signal,
    );
    const all = collect(lines);
    await scripted.until(() => scripted.received.length === 1);
    stop.abort();
    t.true((await all).length <= 1);
    await scripted.until(() => scripted.open === 0);
  });
}

test('leaving the loop closes the request', async (t) => {
  const { scripted, lines } = await following(t, (response) => response.write(`${stamp} one\n${stamp} two\n`));
  for await (const { text } of lines) {
    t.is(text, 'one');
    break;
  }
  await scripted.until(() => scripted.open === 0);
});
