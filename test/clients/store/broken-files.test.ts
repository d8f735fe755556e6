import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openStore } from '../../../src/clients/store/store-client.ts';
import type { Run } from '../../../src/core/run/run.ts';
import { aRun } from '../../pipeline/world.ts';

const quiet = { info() {}, warn() {}, error() {} };

async function scratch(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-broken-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'runs'));
  return folder;
}

async function opened(t: ExecutionContext, folder: string) {
  const store = await openStore({ folder, log: quiet });
  t.teardown(() => store.close());
  return store;
}

/** A run with one of its values, found by its path, replaced. */
function withValue(path: string, value: unknown): unknown {
  const run = JSON.parse(JSON.stringify(aRun(1))) as Record<string, unknown>;
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const inside = steps.reduce((at, step) => at[step] as Record<string, unknown>, run);
  inside[last] = value;
  return run;
}

/** The paths of all values of a run that the schema knows. */
function paths(value: unknown, before = ''): string[] {
  if (typeof value !== 'object' || value === null) return [before];
  return [...(before ? [before] : []), ...Object.entries(value).flatMap(([key, one]) => paths(one, before ? `${before}.${key}` : key))];
}

test('a run file is set aside whichever of its values has another shape', async (t) => {
  const strange = [17, 'x', true, null, [], {}, [[]]];
  let tried = 0;
  for (const path of paths(aRun(1))) {
    const before = path.split('.').reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], aRun(1));
    for (const value of strange.filter((one) => typeof one !== typeof before || Array.isArray(one) !== Array.isArray(before))) {
      const folder = await scratch(t);
      await writeFile(join(folder, 'runs', 'app-1.json'), JSON.stringify(withValue(path, value)));
      const store = await openStore({ folder, log: quiet });
      t.deepEqual(store.runs(), [], `${path} = ${JSON.stringify(value)}`);
      t.is(store.setAside.length, 1);
      t.is(await store.nextNumber('app'), 2);
      await store.close();
      tried++;
    }
  }
  t.true(tried > 80, String(tried));
});

test('a run of a newer version, with keys that this one does not know, is no mistake and keeps them', async (t) => {
  const folder = await scratch(t);
  const run = { ...aRun(1), ofTheFuture: { a: 1 } };
  await writeFile(join(folder, 'runs', 'app-1.json'), JSON.stringify(run));
  t.deepEqual((await opened(t, folder)).runs(), [run as Run]);
});

test('whatever stands in the place of a file, the start goes on with the others and says what was wrong', async (t) => {
  const folder = await scratch(t);
  const at = (name: string) => join(folder, 'runs', name);
  await writeFile(at('app-1.json'), JSON.stringify(aRun(1)));
  await mkdir(at('app-2.json'));
  await symlink('/dev/zero', at('app-3.json'));
  await symlink(at('app-4.json'), at('app-4.json'));
  await symlink('nothing', at('app-5.json'));
  execFileSync('mkfifo', [at('app-6.json')]);
  await writeFile(at('app-7.json'), '['.repeat(2_000_000));
  await writeFile(at('app-8.json'), Buffer.alloc(65 * 1024 ** 2, 0x20));
  await writeFile(join(folder, 'seen.json'), '{"numbers":[],"repositories":7}');
  await mkdir(join(folder, 'numbers.json'));
  const store = await opened(t, folder);
  t.deepEqual(
    store.runs().map(({ id }) => id),
    ['app-1'],
  );
  t.is(store.setAside.length, 9);
  for (const { file, reason } of store.setAside) t.true(reason.length > 10 && /corrupt-/.test(file), `${file}: ${reason}`);
  t.regex(store.setAside.find(({ file }) => file.includes('seen.json'))?.reason ?? '', /the next poll does not start runs/);
  t.is(await store.nextNumber('app'), 9);
});

test('nobody else may read what is kept, also where an older version or a copy left more rights', async (t) => {
  const folder = await scratch(t);
  await mkdir(join(folder, 'logs', 'app-1'), { recursive: true });
  await mkdir(join(folder, 'git', 'a.git'), { recursive: true });
  await writeFile(join(folder, 'runs', 'app-1.json'), JSON.stringify(aRun(1)));
  const names = ['audit.jsonl', 'freezes.json', 'logs/app-1/image.main.log.gz', 'git/a.git/config', 'git/gitconfig'];
  for (const name of names) await writeFile(join(folder, name), '{"freezes":[]}');
  const outside = join(folder, '..', `${folder.split('/').at(-1)}-outside`);
  await writeFile(outside, '');
  t.teardown(() => rm(outside, { force: true }));
  await symlink(outside, join(folder, 'link'));
  for (const name of ['.', ...(await readdir(folder, { recursive: true }))]) if (name !== 'link') await chmod(join(folder, name), 0o777);
  await chmod(outside, 0o644);
  const store = await opened(t, folder);
  await store.saveRun(aRun(2));
  for (const name of ['.', ...(await readdir(folder, { recursive: true }))]) {
    const found = await lstat(join(folder, name));
    if (!found.isSymbolicLink()) t.is(found.mode & 0o077, 0, name);
  }
  t.is((await lstat(outside)).mode & 0o777, 0o644);
});
