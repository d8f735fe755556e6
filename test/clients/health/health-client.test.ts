import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type HealthOptions, startHealth } from '../../../src/clients/health/health-client.ts';
import { Heartbeat } from '../../../src/clients/health/heartbeat.ts';
import { probed } from '../../../src/clients/health/probes.ts';
import { Standstill } from '../../../src/clients/health/standstill.ts';
import { UserError } from '../../../src/core/errors.ts';

const module = new URL('../../../src/clients/health/health-client.ts', import.meta.url).href;
const quiet = { info() {}, warn() {}, error() {} };

async function health(t: ExecutionContext, options: Partial<HealthOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-health-'));
  const started = await startHealth({ port: 0, folder, parts: () => ({}), known: [], log: quiet, ...options });
  t.teardown(() => started.close());
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${started.port}${path}`)).text();
  return { ...started, folder, ask };
}

test('readiness is what the parts say now, and whether the folder can be written, of which nothing stays', async (t) => {
  const parts: { slack?: string } = { slack: 'is away: hunter2' };
  const { ask, folder } = await health(t, { parts: () => ({ slack: parts.slack }), known: ['hunter2'] });
  for (let tries = 0; tries < 50 && !(await ask('/readyz')).includes('store: ok'); tries++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  t.regex(await ask('/readyz'), /^\[\+\] loop: ok\n\[-\] slack: is away: (?!hunter2).*\n\[\+\] store: ok\n$/);
  t.deepEqual(await readdir(folder), []);
  delete parts.slack;
  for (let tries = 0; tries < 50 && (await ask('/readyz')).includes('[-]'); tries++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  t.regex(await ask('/readyz'), /\[\+\] slack: ok/);
});

test('a folder that cannot be written is told', async (t) => {
  const { ask } = await health(t, { folder: '/proc/none' });
  for (let tries = 0; tries < 50 && !(await ask('/readyz')).includes('ENOENT'); tries++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  t.regex(await ask('/readyz'), /\[-\] store: ENOENT/);
});

test('a port that is taken is a mistake that names the variable', async (t) => {
  const server = createServer().listen(0);
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const error = await t.throwsAsync(startHealth({ port, folder: tmpdir(), parts: () => ({}), known: [], log: quiet }), {
    instanceOf: UserError,
  });
  t.regex(error.message, /EADDRINUSE.*COXSWAIN_HEALTH_PORT/);
});

/** What a process says, and by which signal or code it ends, where its main thread does that for ever. */
function ended(work: string): Promise<{ said: string; by: string | number | null | undefined }> {
  const script = `import { startHealth } from ${JSON.stringify(module)};
    const health = await startHealth({ folder: ${JSON.stringify(tmpdir())}, parts: () => ({}), known: ['hunter2'], log: console, limitMs: 2_000 });
    health.doing('the work of hunter2', () => ${work});`;
  const words = ['--no-warnings', '--input-type=module', '--eval', script];
  return new Promise((resolve) =>
    execFile(process.execPath, words, { timeout: 30_000 }, (error, said) => resolve({ said, by: error?.signal ?? error?.code })),
  );
}

for (const [name, work] of [
  ['a loop', '{ for (;;); }'],
  ['a regular expression', "/^(a+)+$/.test('a'.repeat(60) + 'b')"],
  ['promises that never let anything else have its turn', '(async () => { for (;;) await undefined; })()'],
] as const) {
  test(`a main thread that is caught in ${name} is told with its work and its stack, and ends`, async (t) => {
    const { said, by } = await ended(work);
    t.is(by, 'SIGKILL');
    t.regex(
      said,
      /error the event loop has been blocked for 2 s; exiting, to be restarted\. In progress: the work of (?!hunter2).*, since 20/,
    );
    t.regex(said, /\n {4}at .*\(.*:\d+\)/);
    t.notRegex(said, /hunter2/);
  });
}

const well = { stillMs: 0, limitMs: 30_000, parts: { slack: undefined, store: undefined } };

test('a process whose event loop turns is healthy, whatever else is not well', (t) => {
  t.deepEqual(probed('/healthz', { ...well, parts: { slack: 'is not connected' } }), { code: 200, text: 'ok\n' });
  t.is(probed('/healthz', { ...well, stillMs: 29_000 }).code, 200);
  t.deepEqual(probed('/healthz', { ...well, stillMs: 30_000 }), { code: 503, text: 'the event loop has been blocked for 30 s\n' });
});

test('ready is what lacks nothing; each part stands in a line of its own', (t) => {
  t.deepEqual(probed('/readyz', well), { code: 200, text: '[+] loop: ok\n[+] slack: ok\n[+] store: ok\n' });
  t.deepEqual(probed('/readyz', { ...well, parts: { ...well.parts, store: 'ENOSPC:\nno space' } }), {
    code: 503,
    text: '[+] loop: ok\n[+] slack: ok\n[-] store: ENOSPC: no space\n',
  });
  t.is(probed('/readyz', { ...well, stillMs: 31_000 }).code, 503);
});

test('nothing else is answered', (t) => {
  for (const path of ['/', '/healthz?verbose', '/metrics', undefined]) t.is(probed(path, well).code, 404);
});

test('what counts is how often we looked and nothing had moved, not what the clock says', (t) => {
  const standstill = new Standstill(1_000);
  t.deepEqual(
    [1, 1, 1].map((beats) => standstill.look(beats)),
    [0, 1_000, 2_000],
  );
  t.is(standstill.ms, 2_000);
  t.is(standstill.look(2), 0);
  t.is(standstill.look(2), 1_000);
});

test('both threads see the beats and the note through the same memory, and of a long note the beginning', (t) => {
  const one = new Heartbeat();
  const seen = new Heartbeat(one.memory);
  t.deepEqual([seen.beats, seen.noted], [0, '']);
  one.beat();
  one.note('poll');
  t.deepEqual([seen.beats, seen.noted], [1, 'poll']);
  one.note('ä'.repeat(2_000));
  t.regex(seen.noted, /^ä{256}$/);
  one.note('a');
  t.is(seen.noted, 'a');
});
