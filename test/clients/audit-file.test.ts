import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { auditFile } from '../../src/clients/audit-file.ts';
import type { AuditEntry } from '../../src/core/audit.ts';

const entry = (said: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  at: '2026-01-01T00:00:00Z',
  by: 'U1',
  channel: 'C1',
  said,
  outcome: 'done',
  ...more,
});

test('nothing decided is an empty audit', async (t) => {
  t.deepEqual(await auditFile(join(tmpdir(), 'no-such-folder', 'audit.jsonl')).entries(), []);
});

test('decisions are read newest first, all or of one run, as many as asked for', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const audit = auditFile(join(folder, 'audit.jsonl'));
  await Promise.all([audit.append(entry('a')), audit.append(entry('approve app-1', { run: 'app-1' })), audit.append(entry('c'))]);
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
  await audit.append(entry('a'));
  await appendFile(path, '{"at":"2026');
  await audit.append(entry('b'));
  t.deepEqual(
    (await audit.entries()).map(({ said }) => said),
    ['b', 'a'],
  );
  t.is((await readFile(path, 'utf8')).split('\n').length, 4);
});

test('secrets in what was said, and in why it was refused, are not kept', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const path = join(folder, 'audit.jsonl');
  await auditFile(path, (text) => text.replaceAll('hunter2', '***')).append(entry('reject app-1 it has hunter2', { why: 'not hunter2' }));
  t.notRegex(await readFile(path, 'utf8'), /hunter2/);
  t.like((await auditFile(path).entries())[0], { said: 'reject app-1 it has ***', why: 'not ***' });
});
