import { appendFile, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openReceivedMessages } from '../../../src/clients/store/received-file.ts';

async function aFile(t: ExecutionContext) {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-heard-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const lines: string[] = [];
  const keep = (line: string) => void lines.push(line);
  const path = join(folder, 'heard.jsonl');
  return { path, lines, folder, open: (now?: () => number) => openReceivedMessages(path, { info: keep, warn: keep, error: keep }, now) };
}

test('what was heard is known after a restart, and so is what was not done', async (t) => {
  const { open, path } = await aFile(t);
  const first = await open();
  t.is(await first.receive('a', 'Ev1'), 'new');
  first.done('a');
  t.is(await first.receive('b', 'Ev2'), 'new');
  const second = await open();
  t.is(await second.receive('a', 'Ev1'), 'again');
  t.is(await second.receive('b', 'Ev2'), 'interrupted');
  t.is(await second.receive('a', 'Ev3'), 'changed');
  t.is((await stat(path)).mode & 0o777, 0o600);
});

test('it is on the disk before anybody goes on', async (t) => {
  const { open, path } = await aFile(t);
  const heard = await open();
  await Promise.all(Array.from({ length: 50 }, (_unused, n) => heard.receive(`k${n}`, '')));
  t.is((await readFile(path, 'utf8')).trim().split('\n').length, 50);
});

test('a line that a crash cut off, and others that are none, are left out', async (t) => {
  const { open, path } = await aFile(t);
  await (await open()).receive('a', '');
  await appendFile(path, 'null\n{"key":1}\n[]\n{"key":"b","ev');
  const heard = await open();
  t.is(await heard.receive('a', ''), 'interrupted');
  t.is(await heard.receive('b', ''), 'new');
  t.is(await (await open()).receive('b', ''), 'interrupted');
});

test('the file holds an hour, not a year', async (t) => {
  const { open, path } = await aFile(t);
  let time = 0;
  const heard = await open(() => time);
  for (let n = 0; n < 6_000; n += 100) {
    time += 60_000;
    await Promise.all(Array.from({ length: 100 }, (_unused, k) => heard.receive(`k${n + k}`, '')));
  }
  const later = await open(() => time + 3_590_000);
  await later.receive('last', '');
  t.true((await stat(path)).size < 20_000, String((await stat(path)).size));
});

test('where the disk takes nothing people are heard all the same, the log says so once, and later all of it is kept', async (t) => {
  const { open, lines, folder, path } = await aFile(t);
  const heard = await open();
  await rm(folder, { recursive: true });
  t.is(await heard.receive('a', ''), 'new');
  t.is(await heard.receive('b', ''), 'new');
  t.is(await heard.receive('a', ''), 'again');
  t.is(lines.filter((line) => line.includes('cannot be written')).length, 1);
  await mkdir(folder);
  await heard.receive('c', '');
  t.is((await readFile(path, 'utf8')).trim().split('\n').length, 3);
  t.regex(lines.at(-1) ?? '', /can be written again/);
});

test('a file that cannot be read does not keep the bot from starting', async (t) => {
  const { open, lines, path } = await aFile(t);
  await mkdir(path);
  t.is(await (await open()).receive('a', ''), 'new');
  t.regex(lines.join('\n'), /heard\.jsonl cannot be read/);
});
