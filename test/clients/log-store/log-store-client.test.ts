import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { packed } from '../../../src/clients/log-store/gzip-member.ts';
import { type LogStoreClient, logStore } from '../../../src/clients/log-store/log-store-client.ts';
import type { LogLine } from '../../../src/core/logs.ts';

const quiet = { info() {}, warn() {}, error() {} };
const limits = {
  quietMs: 1_000,
  longestMs: 5_000,
  slowBytes: 4 * 1024 ** 2,
  mostBytes: 32 * 1024 ** 2,
  fileBytes: 16 * 1024 ** 2,
  textBytes: 128 * 1024 ** 2,
};

async function scratch(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-logs-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function lines(from: number, to: number, text = 'line'): LogLine[] {
  return Array.from({ length: to - from }, (_, i) => ({ time: '2026-01-02T03:04:05.123456789Z', text: `${text} ${from + i}` }));
}

async function all(store: LogStoreClient, run = 'r-1'): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of store.read(run, 'image', 'build')) texts.push(text);
  return texts;
}

const texts = (from: number, to: number) => lines(from, to).map(({ text }) => text);
const path = (folder: string) => join(folder, 'logs', 'r-1', 'image.build.log.gz');

test('what was appended is read again, times and all, in its order, by a second process too', async (t) => {
  const folder = await scratch(t);
  const store = logStore(folder, quiet);
  await store.append('r-1', 'image', 'build', lines(0, 10_000));
  await store.append('r-1', 'image', 'build', [{ time: '2026-01-02T03:04:06.5Z', text: ' ünïcode  \u{1F6A3}\ttab ' }]);
  const read: LogLine[] = [];
  for await (const line of store.read('r-1', 'image', 'build')) read.push(line);
  t.deepEqual(read, [...lines(0, 10_000), { time: '2026-01-02T03:04:06.5Z', text: ' ünïcode  \u{1F6A3}\ttab ' }]);
  t.is((await all(logStore(folder, quiet))).length, 10_001);
});

test('the files are plain gzip, member after member', async (t) => {
  const folder = await scratch(t);
  const store = logStore(folder, quiet);
  for (let i = 0; i < 3; i++) {
    await store.append('r-1', 'image', 'build', lines(i, i + 1));
    await store.flush('r-1');
  }
  const text = execFileSync('gzip', ['-dc', path(folder)], { encoding: 'utf8' });
  t.is(text, ['line 0', 'line 1', 'line 2'].map((line) => `2026-01-02T03:04:05.123456789Z ${line}\n`).join(''));
});

test('a member that was cut by a crash is left out, and later ones are readable', async (t) => {
  const folder = await scratch(t);
  const first = logStore(folder, quiet);
  await first.append('r-1', 'image', 'build', lines(0, 100));
  await first.flush();
  const { size } = await stat(path(folder));
  await first.append('r-1', 'image', 'build', lines(100, 200));
  await first.flush();
  await truncate(path(folder), size + 40);

  const second = logStore(folder, quiet);
  t.deepEqual(await all(second), texts(0, 100));
  await second.append('r-1', 'image', 'build', lines(200, 300));
  t.deepEqual(await all(second), [...texts(0, 100), ...texts(200, 300)]);
  t.notThrows(() => execFileSync('gzip', ['-t', path(folder)]));
});

test('zeros at the end, as a power cut leaves them, are cut off', async (t) => {
  const folder = await scratch(t);
  const first = logStore(folder, quiet);
  await first.append('r-1', 'image', 'build', lines(0, 100));
  await first.flush();
  await appendFile(path(folder), Buffer.alloc(5_000));
  const second = logStore(folder, quiet);
  await second.append('r-1', 'image', 'build', lines(100, 101));
  t.deepEqual(await all(second), texts(0, 101));
});

test('a broken member in the middle costs its own lines, and that is said', async (t) => {
  const folder = await scratch(t);
  const store = logStore(folder, quiet);
  const ends: number[] = [];
  for (let i = 0; i < 3; i++) {
    await store.append('r-1', 'image', 'build', lines(i, i + 1));
    await store.flush('r-1');
    ends.push((await stat(path(folder))).size);
  }
  const bytes = await readFile(path(folder));
  bytes.fill(0xff, (ends[0] ?? 0) + 30, (ends[1] ?? 0) - 10);
  await writeFile(path(folder), bytes);
  const unreadable = '[a part of the log cannot be read]';
  t.deepEqual(await all(store), ['line 0', unreadable, 'line 2']);
  t.true((await store.text('r-1', 'image', 'build', 1_000)).text.includes(unreadable));
});

test('lines are on the disk after a second of quiet, and after five where it is never quiet', async (t) => {
  const folder = await scratch(t);
  const store = logStore(folder, quiet, { ...limits, quietMs: 30, longestMs: 100 });
  await store.append('r-1', 'image', 'build', lines(0, 1));
  await until(async () => (await all(logStore(folder, quiet))).length === 1);
  const talk = setInterval(() => void store.append('r-1', 'image', 'build', lines(1, 2)), 5);
  t.teardown(() => clearInterval(talk));
  await until(async () => (await all(logStore(folder, quiet))).length > 1);
  t.pass();
});

// Serial, for the time is that of all threads of the process.
test.serial('50,000 lines a second are no burden, and memory stays bounded by waiting', async (t) => {
  const store = logStore(await scratch(t), quiet);
  const hundred = lines(0, 100, 'x'.repeat(80));
  const before = process.cpuUsage();
  for (let i = 0; i < 2_000; i++) await store.append('r-1', 'image', 'build', hundred);
  await store.flush();
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  t.log(`${(200_000 / seconds).toFixed(0)} lines a second`);
  t.true(200_000 / seconds > 50_000);
  t.is((await store.files('r-1'))[0]?.bytes, 2_000 * hundred.reduce((sum, { time, text }) => sum + time.length + text.length + 2, 0));
});

test('lines above the bound are counted and said where they are missing', async (t) => {
  const store = logStore(await scratch(t), quiet, { ...limits, slowBytes: 1_000, mostBytes: 4_200 });
  void store.append('r-1', 'image', 'build', lines(0, 200));
  await store.flush();
  void store.append('r-1', 'image', 'build', lines(200, 201));
  const read = await all(store);
  const kept = read.indexOf('line 200') - 1;
  t.deepEqual(read, [...texts(0, kept), `[${200 - kept} lines were not saved here, because the disk was too slow]`, 'line 200']);
});

test('of a log that never ends the newest part is kept, which is said, and the file stays small', async (t) => {
  const folder = await scratch(t);
  const fileBytes = 200_000;
  const store = logStore(folder, quiet, { ...limits, fileBytes });
  const noise = Array.from({ length: 2_000 }, (_, i) => ({
    time: '2026-01-02T03:04:05Z',
    text: `${i} ${randomBytes(1_000).toString('base64')}`,
  }));
  for (let i = 0; i < noise.length; i += 50) {
    await store.append('r-1', 'image', 'build', noise.slice(i, i + 50));
    await store.flush('r-1');
    t.true((await stat(path(folder))).size <= fileBytes);
  }
  const [first, ...rest] = await all(logStore(folder, quiet));
  t.regex(first ?? '', /^\[the lines before this one are omitted/);
  t.deepEqual(
    rest,
    noise.slice(-rest.length).map(({ text }) => text),
  );
  t.true(rest.length > 50);
  t.true(
    execFileSync('zcat', [path(folder)])
      .toString()
      .startsWith('2026-01-02T03:04:05Z [the lines'),
  );
});

test('of a log that repeats itself the newest part is kept too, which is packed a thousand times smaller than it is', async (t) => {
  const folder = await scratch(t);
  const store = logStore(folder, quiet, { ...limits, textBytes: 4 * 1024 ** 2 });
  const wide = lines(0, 64, 'x'.repeat(60_000));
  for (let i = 0; i < 8; i++) {
    await store.append('r-1', 'image', 'build', wide);
    await store.flush();
    t.true(((await store.files('r-1'))[0]?.bytes ?? 0) <= 4 * 1024 ** 2);
  }
  const [first = '', ...rest] = await all(logStore(folder, quiet));
  t.regex(first, /^\[the lines before this one are omitted/);
  t.true(rest.at(-1)?.endsWith(' 63'));
});

test.serial('a log of many gigabytes, as an older version may have kept it, is read from its end, in little time and memory', async (t) => {
  const folder = await scratch(t);
  await mkdir(join(folder, 'logs', 'r-1'), { recursive: true });
  const member = await packed(
    Buffer.from(
      lines(0, 4, 'x'.repeat(63_000))
        .map(({ time, text }) => `${time} ${text}\n`)
        .join(''),
    ),
  );
  const last = await packed(
    Buffer.from(
      lines(7, 8)
        .map(({ time, text }) => `${time} ${text}\n`)
        .join(''),
    ),
  );
  const gigabytes = 4;
  const members = Array.from({ length: gigabytes * 4096 }, () => member);
  await writeFile(path(folder), Buffer.concat([...members, last]));
  const store = logStore(folder, quiet);
  t.true(((await store.files('r-1'))[0]?.bytes ?? 0) > 4_000_000_000);
  const before = { rss: process.memoryUsage.rss(), cpu: process.cpuUsage() };
  const tail = await store.tail('r-1', 'image', 'build', 1_000_000);
  const text = await store.text('r-1', 'image', 'build', 1_000_000);
  const grown = process.memoryUsage.rss() - before.rss;
  const { user, system } = process.cpuUsage(before.cpu);
  const ms = (user + system) / 1_000;
  t.log(`${Math.round(ms)} ms, ${Math.round(grown / 1024 ** 2)} MiB more`);
  t.is(tail.lines.at(-1)?.text, 'line 7');
  t.true(tail.cut && text.cut && tail.lines.length > 10);
  t.true(ms < 1_000, `${ms} ms`);
  t.true(grown < 64 * 1024 ** 2, String(grown));
  let bytes = 0;
  for await (const line of store.read('r-1', 'image', 'build')) bytes += line.text.length;
  t.true(bytes < 129 * 1024 ** 2);
});

test('a member that says it is longer than any of ours is none', async (t) => {
  const folder = await scratch(t);
  const store = logStore(folder, quiet);
  await store.append('r-1', 'image', 'build', lines(0, 1));
  await store.flush();
  const forged = await packed(Buffer.alloc(64 * 1024 ** 2));
  await appendFile(path(folder), forged);
  t.deepEqual(await all(logStore(folder, quiet)), texts(0, 1));
});

test('a disk that refuses is told to the log, fails nobody, and the gap is said when it works again', async (t) => {
  const folder = await scratch(t);
  const said: string[] = [];
  const store = logStore(folder, { ...quiet, error: (message) => said.push(message) });
  await writeFile(join(folder, 'logs'), 'a file where the folder should be');
  await store.append('r-1', 'image', 'build', lines(0, 3));
  await store.flush();
  t.is(said.length, 1);
  await rm(join(folder, 'logs'));
  await store.append('r-1', 'image', 'build', lines(3, 4));
  const read = await all(store);
  t.regex(read[0] ?? '', /3 lines were not saved here, because ENOTDIR|EEXIST/);
  t.is(read[1], 'line 3');
});

test('a line longer than a member is cut, a line break inside a line does not make two', async (t) => {
  const store = logStore(await scratch(t), quiet);
  await store.append('r-1', 'image', 'build', [
    { time: 'T', text: 'y'.repeat(3_000_000) },
    { time: 'T', text: 'one\ntwo' },
  ]);
  const read = await all(store);
  t.is(read.length, 2);
  t.regex(read[0] ?? '', /^y{65536} \[cut: the line had 3000003 bytes\]$/);
  t.is(read[1], 'one↵two');
});

test('the readable text is the end of the log, in whole lines, without fractions of seconds', async (t) => {
  const store = logStore(await scratch(t), quiet);
  await store.append('r-1', 'image', 'build', lines(0, 20_000));
  const whole = await store.text('r-1', 'image', 'build', 10_000_000);
  t.false(whole.cut);
  t.true(whole.text.startsWith('2026-01-02T03:04:05Z line 0\n'));
  const end = await store.text('r-1', 'image', 'build', 600_000);
  t.true(end.cut);
  t.true(Buffer.byteLength(end.text) <= 600_000 && Buffer.byteLength(end.text) > 599_900);
  t.true(end.text.startsWith('2026-01-02T03:04:05Z line '));
  t.true(end.text.endsWith('line 19999\n'));
  t.deepEqual(await store.text('r-1', 'none', 'none', 100), { text: '', cut: false });
});

test('a single line that is too long is cut between characters', async (t) => {
  const store = logStore(await scratch(t), quiet);
  await store.append('r-1', 'image', 'build', [{ time: 'T', text: '\u{1F6A3}'.repeat(100) }]);
  const { text, cut } = await store.text('r-1', 'image', 'build', 103);
  t.true(cut);
  t.is(text, `${'\u{1F6A3}'.repeat(25)}\n`);
});

test('files names what is kept; a forgotten run leaves nothing', async (t) => {
  const folder = await scratch(t);
  const store = logStore(folder, quiet);
  await store.append('r-1', 'gpu.test', 'main', [{ time: 'T', text: 'abc' }]);
  await store.append('r-2', 'image', 'build', lines(0, 1));
  t.deepEqual(await store.files('r-1'), [{ stage: 'gpu.test', container: 'main', bytes: 6 }]);
  await store.forget('r-1');
  t.deepEqual(await store.files('r-1'), []);
  t.is((await all(store, 'r-2')).length, 1);
  await t.throwsAsync(store.files('../r-2'), { message: /is not a valid name/ });
  t.throws(() => store.append('r-1', '../x', 'y', []), { message: /is not a valid name/ });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
