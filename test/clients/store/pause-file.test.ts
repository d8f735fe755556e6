import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openPauses } from '../../../src/clients/store/pause-file.ts';

const at = '2026-01-01T00:00:00.000Z';
const pause = { repository: 'app', by: 'U1', at };
const moved = { ...pause, repository: 'tools', reason: 'the move' };

async function scratch(t: ExecutionContext) {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-pauses-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  const options = {
    repositories: [{ name: 'app' }, { name: 'tools' }],
    log: { info: say, warn: say, error: say },
    now: () => new Date(at),
  };
  return { folder, said, open: (path: string) => openPauses(path, options) };
}

test('a pause outlives a restart, one that could not be kept is none, and one whose end could not be kept goes on', async (t) => {
  const { folder, open } = await scratch(t);
  const path = join(folder, 'data', 'pauses.json');
  const pauses = await open(path);
  await t.throwsAsync(pauses.pause(pause), { code: 'ENOENT' });
  t.deepEqual(pauses.list(), []);

  await mkdir(join(folder, 'data'));
  await pauses.pause(pause);
  await rm(join(folder, 'data'), { recursive: true });
  await t.throwsAsync(pauses.resume('app'), { code: 'ENOENT' });
  t.deepEqual(pauses.list(), [pause]);

  await mkdir(join(folder, 'data'));
  await pauses.pause(moved);
  await pauses.pause({ ...pause, reason: 'another' });
  t.deepEqual((await open(path)).list(), [moved, { ...pause, reason: 'another' }]);
  await pauses.resume('tools');
  t.deepEqual((await open(path)).list(), [{ ...pause, reason: 'another' }]);
});

test('a start says which repositories are paused, and which of them are not configured any more', async (t) => {
  const { folder, said, open } = await scratch(t);
  const path = join(folder, 'pauses.json');
  const pauses = await open(path);
  await pauses.pause(pause);
  await pauses.pause({ ...pause, repository: 'gone' });
  t.deepEqual(said, []);
  await open(path);
  t.deepEqual(said, [
    `app is not polled: it has been paused by U1 since ${at}`,
    'gone is paused, but not configured any more: it stays paused if it is configured again, unless `resume` is said for it',
  ]);
});

test('where it cannot be told what is paused, everything configured is, until somebody says otherwise, over a restart too', async (t) => {
  const { folder, said, open } = await scratch(t);
  const broken: readonly ((path: string) => Promise<unknown>)[] = [
    (path) => writeFile(path, '{"pauses":[{"repository":'),
    (path) => writeFile(path, '{"pauses":[{"repository":1}]}'),
    (path) => writeFile(path, '[]'),
    (path) => writeFile(path, ''),
    (path) => mkdir(path),
  ];
  for (const [index, make] of broken.entries()) {
    const path = join(folder, `${index}.json`);
    await make(path);
    said.length = 0;
    const pauses = await open(path);
    t.deepEqual(
      pauses.list().map(({ repository, by }) => [repository, by]),
      [
        ['app', 'coxswain'],
        ['tools', 'coxswain'],
      ],
    );
    t.regex(pauses.list()[0]?.reason ?? '', /whether it was paused before is not known.*corrupt-\d+T\d+Z; `resume` polls it again$/);
    t.regex(said[0] ?? '', /was corrupt.*set aside as .*corrupt-\d+T\d+Z: every repository is paused until `resume` is said for it/);
    await pauses.resume('app');
    t.deepEqual(
      (await open(path)).list().map(({ repository }) => repository),
      ['tools'],
    );
  }
  t.is((await readdir(folder)).filter((name) => name.includes('corrupt')).length, broken.length);
});
