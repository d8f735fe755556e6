import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { lockFolder } from '../../../src/clients/store/folder-lock.ts';
import { thisProcess } from '../../../src/clients/store/process-mark.ts';
import { UserError } from '../../../src/core/errors.ts';

const times = { beatMs: 40, staleMs: 400 };
const quiet = { info() {}, warn() {}, error() {} };

async function scratch(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-lock-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function lockOf(folder: string, change: object): Promise<void> {
  await writeFile(join(folder, 'lock'), JSON.stringify({ ...thisProcess(), ...change }));
}

test('a released folder can be taken again, a held one not', async (t) => {
  const folder = await scratch(t);
  const first = await lockFolder(folder, quiet, times);
  await t.throwsAsync(lockFolder(folder, quiet, times), { instanceOf: UserError });
  await first.release();
  const second = await lockFolder(folder, quiet, times);
  await second.release();
  t.deepEqual(await readdir(folder), []);
});

test('of many that begin at the same time one gets the folder, also where a dead one had it', async (t) => {
  const folder = await scratch(t);
  await lockOf(folder, { started: 'another start' });
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder, quiet, times)));
  const locks = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  t.is(locks.length, 1);
  for (const lock of locks) await lock.release();
});

test('a process that has the pid of the dead one now does not hold its lock', async (t) => {
  const folder = await scratch(t);
  await lockOf(folder, { started: '1' });
  const lock = await lockFolder(folder, quiet, times);
  await lock.release();
  t.pass();
});

test('a lock of another machine is respected while it is renewed', async (t) => {
  const folder = await scratch(t);
  await lockOf(folder, { boot: 'another machine', host: 'pod-7' });
  const beat = setInterval(() => void utimes(join(folder, 'lock'), new Date(), new Date()), 20);
  t.teardown(() => clearInterval(beat));
  await t.throwsAsync(lockFolder(folder, quiet, { ...times, staleMs: 5_000 }), { message: /process \d+ on pod-7/ });
});

test('a lock of another machine that is silent is taken over', async (t) => {
  const folder = await scratch(t);
  await lockOf(folder, { boot: 'another machine' });
  const lock = await lockFolder(folder, quiet, times);
  await lock.release();
  t.pass();
});

test('a time in the future is not waited for', async (t) => {
  const folder = await scratch(t);
  await lockOf(folder, { boot: 'another machine' });
  const future = new Date(Date.now() + 3_600_000);
  await utimes(join(folder, 'lock'), future, future);
  const lock = await lockFolder(folder, quiet, times);
  await lock.release();
  t.pass();
});

test('an empty lock, left by a full disk, is taken over', async (t) => {
  const folder = await scratch(t);
  await writeFile(join(folder, 'lock'), '');
  const lock = await lockFolder(folder, quiet, times);
  await lock.release();
  t.pass();
});

test('who has lost the folder writes nothing more and leaves the lock of the other', async (t) => {
  const folder = await scratch(t);
  const told = Promise.withResolvers<string>();
  const lock = await lockFolder(folder, { ...quiet, error: told.resolve }, times);
  lock.check();
  await lockOf(folder, { host: 'thief' });
  t.regex(await told.promise, /taken over by process \d+ on thief/);
  t.throws(() => lock.check(), { instanceOf: UserError });
  await lock.release();
  t.regex(await readFile(join(folder, 'lock'), 'utf8'), /thief/);
});
