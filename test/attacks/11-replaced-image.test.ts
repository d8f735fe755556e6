import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { aWay, type Way } from '../way/way.ts';

const run = promisify(execFile);
const schema2 = 'application/vnd.docker.distribution.manifest.v2+json';

/** What the test of a branch does: it waits for a tag of another run, and pushes under it. `put`: what, of `mine` (its own image) and `theirs`. */
const program = (registry: string, put: string) => `
  const base = '${registry}/v2/sample/scheduler';
  const tags = async () => (await (await fetch(base + '/tags/list')).json()).tags;
  const read = async (tag) => (await fetch(base + '/manifests/' + tag, { headers: { accept: '${schema2}' } })).json();
  const [own] = await tags();
  const mine = await read(own);
  for (const end = Date.now() + 90_000; Date.now() < end; await new Promise((go) => setTimeout(go, 3))) {
    const other = (await tags()).find((tag) => tag !== own);
    if (other === undefined) continue;
    const theirs = await read(other);
    const replaced = await fetch(base + '/manifests/' + other, { method: 'PUT', body: JSON.stringify(${put}), headers: { 'content-type': '${schema2}' } });
    console.log('=== RUN   TestReplaced\\n--- PASS: TestReplaced (0.00s)\\nreplaced ' + other + ': ' + replaced.status);
    process.exit(0);
  }
  process.exit(1);`;

/** A branch whose test does that, and then a commit on `main`. */
async function attacked(t: ExecutionContext, put: string): Promise<Way> {
  const way = await aWay(t, { config: { repository: { branches: ['main', 'evil'] } } });
  await way.start();
  const { sample, registry, data } = way.world;
  const work = join(data, '..', 'evil');
  const git = (...words: string[]) =>
    run('git', ['-c', 'user.name=Eve', '-c', 'user.email=eve@example.com', ...words], { cwd: join(data, '..') });
  await git('clone', '--quiet', sample.path, work);
  const code = Buffer.from(program(registry?.url ?? '', put)).toString('base64');
  await writeFile(join(work, 'test.sh'), `#!/bin/sh\necho ${code} | base64 -d > evil.mjs && exec ${process.execPath} evil.mjs\n`);
  await git('-C', work, 'checkout', '--quiet', '-b', 'evil');
  await git('-C', work, 'commit', '--quiet', '--all', '--message', 'Test harder');
  await git('-C', work, 'push', '--quiet', 'origin', 'evil');
  await way.until(async () => (await way.record('scheduler-1'))?.stages[1]?.phase === 'runs', 60_000);
  await sample.commitGood();
  await way.until(async () => (await way.record('scheduler-1'))?.stages[1]?.state === 'passed', 90_000);
  return way;
}

for (const [name, put] of [
  ['its own image', 'mine'],
  ['an image of the same configuration with other layers', '{ ...theirs, layers: theirs.layers.slice(1) }'],
] as const) {
  test(`${name}, which the test of a branch pushes under the tag of another run, is neither tested nor offered`, async (t) => {
    const way = await attacked(t, put);
    await way.until(async () => (await way.record('scheduler-2'))?.endedAt !== undefined, 120_000);
    const [image, tested] = (await way.record('scheduler-2'))?.stages ?? [];
    t.log(image?.cause, way.shown('scheduler-2'));
    t.like(image, { state: 'failed', image: undefined });
    const words = /is not the one that this build pushed/;
    t.regex(image?.cause?.title ?? '', words);
    t.is(tested?.state, 'skipped');
    // Saved before it is shown.
    t.regex(await way.showsUp('scheduler-2', words), words);
  });
}
