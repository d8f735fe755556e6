import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Log } from '../../../src/clients/log/log.ts';
import { openStore, type Store } from '../../../src/clients/store/store-client.ts';
import { UserError } from '../../../src/core/errors.ts';
import type { Run } from '../../../src/core/run/run.ts';

const quiet = { info() {}, warn() {}, error() {} };

async function scratch(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-store-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function opened(t: ExecutionContext, folder: string, log: Log = quiet): Promise<Store> {
  const store = await openStore({ folder, log });
  t.teardown(() => store.close());
  return store;
}

function run(id: string, change: Partial<Run> = {}): Run {
  return {
    id,
    uid: '0123456789abcdef0123',
    key: `${id} main`,
    repository: 'sample',
    branch: 'main',
    commit: { sha: 'a'.repeat(40) },
    cause: { kind: 'commit' },
    state: 'queued',
    stages: [],
    namespace: `cox-lab-${id}`,
    createdAt: '2026-01-02T03:04:05.000Z',
    revision: 1,
    delivery: { channel: '#ci', thread: [], cleaned: false },
    ...change,
  };
}

test('a saved run is there after the next start, as it was saved last', async (t) => {
  const folder = await scratch(t);
  const first = await openStore({ folder, log: quiet });
  await first.saveRun(run('sample-2', { createdAt: '2026-01-03T00:00:00.000Z' }));
  await first.saveRun(run('sample-1'));
  await Promise.all([1, 2, 3, 4].map((revision) => first.saveRun(run('sample-1', { revision, state: 'failed', reason: 'no' }))));
  t.is(first.runs().find(({ id }) => id === 'sample-1')?.revision, 4);
  await first.close();

  const second = await opened(t, folder);

  t.deepEqual(second.runs(), [
    run('sample-1', { revision: 4, state: 'failed', reason: 'no' }),
    run('sample-2', { createdAt: '2026-01-03T00:00:00.000Z' }),
  ]);
  t.is((await stat(join(folder, 'runs', 'sample-1.json'))).mode & 0o777, 0o600);
});

test('a forgotten run is gone from the disk, also when it was just being saved', async (t) => {
  const folder = await scratch(t);
  const store = await opened(t, folder);
  const saving = store.saveRun(run('sample-1'));
  await store.forgetRun('sample-1');
  await saving;
  t.deepEqual(store.runs(), []);
  t.deepEqual(await readdir(join(folder, 'runs')), []);
});

test('a broken run file loses that run only, is set aside and said', async (t) => {
  const folder = await scratch(t);
  const first = await openStore({ folder, log: quiet });
  for (const id of ['sample-1', 'sample-2', 'sample-3', 'sample-4']) await first.saveRun(run(id));
  await first.close();
  await writeFile(join(folder, 'runs', 'sample-1.json'), '{"id":"sample-1"');
  await writeFile(join(folder, 'runs', 'sample-2.json'), '');
  await writeFile(join(folder, 'runs', 'sample-3.json'), JSON.stringify(run('sample-9')));
  const said: string[] = [];

  const store = await opened(t, folder, { ...quiet, error: (message) => said.push(message) });

  t.deepEqual(
    store.runs().map(({ id }) => id),
    ['sample-4'],
  );
  t.is(said.length, 3);
  t.regex(store.setAside.map(({ reason }) => reason).join('\n'), /not JSON.*not JSON.*contains the run sample-9, not sample-3/s);
  for (const { file } of store.setAside) t.regex(file, /sample-\d\.json\.corrupt-\d+T\d+Z$/);
  t.is(await readFile(store.setAside[0]?.file ?? '', 'utf8'), '{"id":"sample-1"');
});

test('what a channel was told about polls is there after a start; what was over before it was told is not told', async (t) => {
  const folder = await scratch(t);
  const first = await openStore({ folder, log: quiet });
  const poll = (uid: string, problem?: string) => ({
    ...{ uid, repository: 'a', channel: '#ci', at: '2026-01-01T00:10:00Z', since: '2026-01-01T00:00:00Z' },
    ...(problem !== undefined && { problem }),
  });
  await first.savePollProblem(poll('p1', 'no access'));
  await first.noticed('p1', 'intended');
  await first.close();
  const second = await openStore({ folder, log: quiet });
  t.is(second.pollProblem('a'), '2026-01-01T00:00:00Z');
  await second.savePollProblem(poll('p2'));
  t.is(second.pollProblem('a'), undefined);
  t.deepEqual(
    second.notices().map(({ uid, state }) => `${uid} ${state}`),
    ['p1 intended', 'p2 owed'],
  );
  await second.savePollProblem(poll('p3', 'no access'));
  t.is(second.pollProblem('a'), '2026-01-01T00:00:00Z');
  t.deepEqual(
    second.notices().map(({ uid }) => uid),
    ['p1'],
    'it was told that it cannot be polled, and that is so again',
  );
  await second.savePollProblem(poll('p4'));
  await second.close();
  const third = await opened(t, folder);
  t.deepEqual(
    third.notices().map(({ uid }) => uid),
    ['p1', 'p4'],
  );
});

test('what channels are to be told, and which commits are the bot’s own, is there after a start; untold notices of a repository become one', async (t) => {
  const folder = await scratch(t);
  const first = await openStore({ folder, log: quiet });
  const notice = (uid: string, ...branches: string[]) => ({
    uid,
    repository: 'a',
    channel: '#ci',
    at: '2026-01-01T00:00:00Z',
    branches,
    limit: 20,
  });
  await first.saveLastSeen('a', { main: '1' }, undefined, notice('n1', 'x', 'y'));
  await first.saveLastSeen('a', { main: '1' }, undefined, notice('n2', 'z'));
  await first.noticed('n1', 'intended');
  await first.saveLastSeen('a', { main: '1' }, undefined, notice('n3', 'w'));
  for (let i = 0; i < 120; i += 1) await first.wrote('a', `c${i}`, `p${i}`);
  await first.close();

  const second = await opened(t, folder);
  t.deepEqual(
    second.notices().map((one) => 'branches' in one && [one.uid, one.count, one.branches, one.state]),
    [
      ['n1', 3, ['x', 'y', 'z'], 'intended'],
      ['n3', 1, ['w'], 'owed'],
    ],
  );
  await second.noticed('n1', 'told');
  t.deepEqual(
    second.notices().map(({ uid }) => uid),
    ['n3'],
  );
  t.deepEqual(
    [second.parentOf('a', 'c119'), second.parentOf('a', 'c20'), second.parentOf('a', 'c19'), second.parentOf('b', 'c119')],
    ['p119', 'p20', undefined, undefined],
  );
});

test('a number costs as little with ten thousand branches as with one: they lie in a file of their own', async (t) => {
  const folder = await scratch(t);
  const store = await opened(t, folder);
  await store.saveLastSeen('a', Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`b${i}`, 'c'.repeat(40)])));
  const before = (await stat(join(folder, 'seen.json'))).mtimeMs;
  t.is(await store.nextNumber('a'), 1);
  t.is((await stat(join(folder, 'seen.json'))).mtimeMs, before);
  t.true((await stat(join(folder, 'numbers.json'))).size < 100);
});

test('numbers are never given twice, whatever is lost', async (t) => {
  const folder = await scratch(t);
  const first = await openStore({ folder, log: quiet });
  t.deepEqual(await Promise.all(['a', 'a', 'b', 'a'].map((short) => first.nextNumber(short))), [1, 2, 1, 3]);
  await first.saveRun(run('a-7'));
  await first.saveRun(run('__proto__-3'));
  t.is(await first.nextNumber('a'), 8);
  t.is(await first.nextNumber('__proto__'), 4);
  await first.close();

  const second = await openStore({ folder, log: quiet });
  t.is(await second.nextNumber('a'), 9);
  await second.saveRun(run('a-9'));
  await second.close();
  await writeFile(join(folder, 'seen.json'), '{{{');
  await writeFile(join(folder, 'runs', 'a-9.json'), '');

  const third = await opened(t, folder);
  t.is(third.setAside.length, 2);
  t.is(await third.nextNumber('a'), 10);
});

test('what was seen survives a restart; what was never polled is undefined', async (t) => {
  const folder = await scratch(t);
  const first = await openStore({ folder, log: quiet });
  t.is(first.lastSeen('sample'), undefined);
  await first.saveLastSeen('sample', { main: 'abc', 'feature/x': 'def' });
  await first.saveLastSeen('empty', {});
  await first.saveLastSeen('sample', { main: 'abd' });
  await first.close();

  const second = await opened(t, folder);
  t.deepEqual(second.lastSeen('sample'), { main: 'abd' });
  t.deepEqual(second.lastSeen('empty'), {});
  t.is(second.lastSeen('toString'), undefined);
});

test('where a branch was before it vanished is known after a restart, for the newest branches and commits', async (t) => {
  const folder = await scratch(t);
  const first = await openStore({ folder, log: quiet });
  t.false(first.wasAt('sample', 'x', 'c1'));
  for (const commit of ['c1', 'c2', 'c3', 'c4', 'c5']) {
    await first.saveLastSeen('sample', { main: 'abc', x: commit });
    await first.saveLastSeen('sample', { main: 'abc' });
  }
  const many = Object.fromEntries(Array.from({ length: 6_000 }, (_, i) => [`b${i}`, `d${i}`]));
  await first.saveLastSeen('large', many);
  await first.saveLastSeen('large', {});
  await first.close();

  const second = await opened(t, folder);
  t.deepEqual(
    ['c1', 'c2', 'c5', 'abc'].map((commit) => second.wasAt('sample', 'x', commit)),
    [false, true, true, false],
  );
  t.deepEqual(
    [999, 1_000, 5_999].map((i) => second.wasAt('large', `b${i}`, `d${i}`)),
    [false, true, true],
  );
  t.false(second.wasAt('sample', 'constructor', 'c2'));
});

test('what was watched is saved with the heads, and stays where a later note does not name it', async (t) => {
  const folder = await scratch(t);
  const first = await openStore({ folder, log: quiet });
  t.is(first.watched('sample'), undefined);
  await first.saveLastSeen('sample', { main: 'abc' });
  await first.saveLastSeen('sample', { main: 'abc' }, { git: 'g', branches: ['main'] });
  await first.saveLastSeen('sample', { main: 'abd' });
  await first.nextNumber('a');
  await first.close();

  const second = await opened(t, folder);
  t.deepEqual(second.watched('sample'), { git: 'g', branches: ['main'] });
  t.deepEqual(second.lastSeen('sample'), { main: 'abd' });
  t.is(second.watched('toString'), undefined);
});

test('what was seen is read from the file of an older version too, and a broken note of what was watched is set aside', async (t) => {
  const folder = await scratch(t);
  const file = { numbers: {}, repositories: { sample: { main: 'abc' } } };
  await writeFile(join(folder, 'seen.json'), JSON.stringify(file));
  const first = await openStore({ folder, log: quiet });
  t.deepEqual([first.lastSeen('sample'), first.watched('sample'), first.setAside], [{ main: 'abc' }, undefined, []]);
  await first.close();

  await writeFile(join(folder, 'seen.json'), JSON.stringify({ ...file, watched: { sample: { git: 'g', branches: 'main' } } }));
  t.is((await opened(t, folder)).setAside.length, 1);
});

test('a poll that finds nothing new writes nothing', async (t) => {
  const folder = await scratch(t);
  const store = await opened(t, folder);
  await store.saveLastSeen('sample', { main: 'abc' });
  const before = await stat(join(folder, 'seen.json'));
  await store.saveLastSeen('sample', { main: 'abc' });
  t.is((await stat(join(folder, 'seen.json'))).ino, before.ino);
});

test('temporary files that a crash left are removed', async (t) => {
  const folder = await scratch(t);
  await (await openStore({ folder, log: quiet })).close();
  await writeFile(join(folder, 'runs', '.sample-1.json.tmp'), '{');
  await writeFile(join(folder, '.seen.json.tmp'), '{');
  await opened(t, folder);
  t.deepEqual(await readdir(folder, { recursive: true }), ['lock', 'runs']);
});

test('a run id that would leave the folder is refused', async (t) => {
  const store = await opened(t, await scratch(t));
  await t.throwsAsync(store.saveRun(run('../../etc/passwd-1')), { message: /is not a valid name for the file/ });
});

test('a folder that cannot be made is said with its remedy', async (t) => {
  const folder = await scratch(t);
  await writeFile(join(folder, 'file'), '');
  await t.throwsAsync(openStore({ folder: join(folder, 'file'), log: quiet }), {
    instanceOf: UserError,
    message: /cannot keep its records in .*: a (file is in its place|part of its path is not a folder)\. Make it a folder/,
  });
});

test('a run that cannot be written is an error of that save, and the next one works', async (t) => {
  const folder = await scratch(t);
  const store = await opened(t, folder);
  await rm(join(folder, 'runs'), { recursive: true });
  await t.throwsAsync(store.saveRun(run('sample-1')), { code: 'ENOENT' });
  t.deepEqual(store.runs(), []);
  await mkdir(join(folder, 'runs'));
  await store.saveRun(run('sample-1'));
  t.is(store.runs().length, 1);
});

// Serial, for the time is that of all threads of the process.
test.serial('500 runs are read in less than a second', async (t) => {
  const folder = await scratch(t);
  const first = await openStore({ folder, log: quiet });
  const objects = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { text: 'x'.repeat(15_000) } }];
  const stages = [{ name: 'image', kind: 'image', state: 'passed', objects } as const];
  await Promise.all(Array.from({ length: 500 }, (_, i) => first.saveRun(run(`sample-${i + 1}`, { stages }))));
  await first.close();

  const before = process.cpuUsage();
  const store = await opened(t, folder);
  const { user, system } = process.cpuUsage(before);

  t.is(store.runs().length, 500);
  const ms = (user + system) / 1_000;
  t.log(`${ms.toFixed(0)} ms for 500 runs of 15 kB`);
  t.true(ms < 1_000, `${ms} ms`);
});

test('the folder of a process that was killed is free at once', async (t) => {
  const folder = await scratch(t);
  const other = spawn(process.execPath, [join(import.meta.dirname, '..', '..', 'fixtures', 'hold-store.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => other.kill('SIGKILL'));
  await once(other.stdout, 'data');
  await t.throwsAsync(openStore({ folder, log: quiet }), {
    instanceOf: UserError,
    message: new RegExp(`in use by process ${other.pid} .* stop that one`),
  });
  const gone = once(other, 'exit');
  other.kill('SIGKILL');
  await gone;

  const store = await opened(t, folder);

  t.is(await store.nextNumber('sample'), 2);
});
