import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { type AuditFile, auditFile } from '../../../src/clients/audit/audit-client.ts';
import type { DecisionRequest } from '../../../src/core/command/audit.ts';

const decision = (said: string, run?: string): DecisionRequest => ({
  at: '2026-01-01T00:00:00Z',
  by: 'U1',
  channel: 'C1',
  said,
  ...(run !== undefined && { run }),
});

async function done(audit: AuditFile, said: string, run?: string): Promise<void> {
  const end = await audit.begin(decision(said, run));
  await end({ outcome: 'done' });
}

test('nothing decided is an empty audit', async (t) => {
  t.deepEqual(await auditFile(join(tmpdir(), 'no-such-folder', 'audit.jsonl')).entries(), []);
});

test('decisions are read newest first, all or of one run, as many as asked for', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const audit = auditFile(join(folder, 'audit.jsonl'));
  await Promise.all([done(audit, 'a'), done(audit, 'approve app-1', 'app-1'), done(audit, 'c')]);
  t.deepEqual(
    (await audit.entries()).map(({ said }) => said),
    ['c', 'approve app-1', 'a'],
  );
  t.deepEqual(
    (await audit.entries('app-1')).map(({ said }) => said),
    ['approve app-1'],
  );
  t.deepEqual(
    (await audit.entries(undefined, 1)).map(({ said }) => said),
    ['c'],
  );
});

test('half a line of a crash loses that line only', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'audit.jsonl');
  const audit = auditFile(path);
  await done(audit, 'a');
  await appendFile(path, '{"at":"2026');
  await done(audit, 'b');
  t.deepEqual(
    (await audit.entries()).map(({ said }) => said),
    ['b', 'a'],
  );
  t.is((await readFile(path, 'utf8')).split('\n').length, 6);
});

test('secrets in what was said, and in why it was refused, are not kept', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'audit.jsonl');
  const end = await auditFile(path, (text) => text.replaceAll('hunter2', '***')).begin(decision('reject app-1 it has hunter2'));
  await end({ outcome: 'refused', why: 'not hunter2' });
  t.notRegex(await readFile(path, 'utf8'), /hunter2/);
  t.like((await auditFile(path).entries())[0], { said: 'reject app-1 it has ***', why: 'not ***' });
});

test('a decision whose end a crash has taken is there, and said to have none; one that was only asked about is not', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'audit.jsonl');
  await auditFile(path).begin(decision('approve app-1', 'app-1'));
  const asked = await auditFile(path).begin(decision('reject app-1', 'app-1'));
  await asked({ outcome: 'asked' });
  t.deepEqual(await auditFile(path).entries(), [{ ...decision('approve app-1', 'app-1'), outcome: 'open' }]);
});

test('of a file of many megabytes the newest decisions are read from its end', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'audit.jsonl');
  const line = (n: number) =>
    `${JSON.stringify({ at: 't', by: 'U1', channel: 'C1', said: `say ü ${n}`, run: `r-${n % 7}`, id: String(n) })}\n`;
  const end = (n: number) => `${JSON.stringify({ ends: String(n), outcome: 'done' })}\n`;
  await writeFile(path, Array.from({ length: 200_000 }, (_, n) => line(n) + end(n)).join(''));
  const audit = auditFile(path);
  const began = performance.now();
  const newest = await audit.entries(undefined, 3);
  const ofRun = await audit.entries('r-3', 2_000);
  t.log(`${Math.round(performance.now() - began)} ms`);
  t.deepEqual(
    newest.map(({ said, outcome }) => `${said} ${outcome}`),
    [199_999, 199_998, 199_997].map((n) => `say ü ${n} done`),
  );
  t.is(ofRun.length, 2_000);
  t.true(ofRun.every(({ run, outcome }) => run === 'r-3' && outcome === 'done'));
});
