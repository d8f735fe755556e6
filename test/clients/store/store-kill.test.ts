import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'ava';
import { logStore } from '../../../src/clients/log-store/log-store-client.ts';
import { openFreezes } from '../../../src/clients/store/freeze-file.ts';
import { openPauses } from '../../../src/clients/store/pause-file.ts';
import { openStore } from '../../../src/clients/store/store-client.ts';

const quiet = { info() {}, warn() {}, error() {} };

interface Said {
  readonly revision: number;
  readonly number: number;
  readonly flushed: boolean;
}

/** Lets the writer work until it has said `lines` lines, kills it, and gives all it said. */
async function writeAndKill(folder: string, lines: number): Promise<Said[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', '..', 'fixtures', 'write-until-killed.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const said: Said[] = [];
  for await (const line of createInterface(child.stdout)) {
    said.push(JSON.parse(line));
    if (said.length === lines) setTimeout(() => child.kill('SIGKILL'), Math.random() * 20);
  }
  await exit;
  return said;
}

test('what was said to be saved is there after kill -9, whenever it comes', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-kill-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const flushed: string[] = [];
  let number = 0;
  for (let round = 0; round < 8; round++) {
    const said = await writeAndKill(folder, 3 + round * 2);
    const last = said.at(-1);
    const upTo = said.findLast((each) => each.flushed)?.revision ?? 0;
    flushed.push(...said.filter(({ revision }) => revision <= upTo).map(({ revision }) => String(revision)));
    t.true((said[0]?.number ?? 0) > number, 'no number is given twice');
    number = last?.number ?? 0;

    const store = await openStore({ folder, log: quiet });
    t.deepEqual(store.setAside, []);
    for (const run of store.runs()) t.true(run.revision >= (last?.revision ?? 0), `${run.id} was saved as ${last?.revision}`);
    t.true(Number(store.lastSeen('sample')?.main) >= (last?.revision ?? 0));
    const [freeze] = (await openFreezes(join(folder, 'freezes.json'), quiet)).list();
    t.true(Number(freeze?.reason) >= (last?.revision ?? 0), freeze?.reason);
    const [pause] = (await openPauses(join(folder, 'pauses.json'), { repositories: [], log: quiet })).list();
    t.true(Number(pause?.reason) >= (last?.revision ?? 0), pause?.reason);
    await store.close();
    const kept = new Set<string>();
    for await (const { text } of logStore(folder, quiet).read('a-1', 'image', 'build')) kept.add(text);
    t.deepEqual(
      flushed.filter((text) => !kept.has(text)),
      [],
    );
  }
});
