import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** Starts the sandbox with a folder of its own for temporary files. */
async function start(t: ExecutionContext, flags: readonly string[], env: Record<string, string> = {}) {
  const temporary = await mkdtemp(join(tmpdir(), 'start-'));
  t.teardown(() => rm(temporary, { recursive: true, force: true }));
  const child = spawn(process.execPath, ['--no-warnings', program, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, TMPDIR: temporary, ...env },
  });
  t.teardown(() => child.kill('SIGKILL'));
  const end = Promise.all([text(child.stderr), once(child, 'close')]).then(async ([complaint, [code]]) => ({
    complaint,
    code,
    left: await readdir(temporary),
  }));
  return { child, temporary, end };
}

const help = 'npm run sandbox -- --help says what is allowed.\n';

const refuses = test.macro(async (t, flags: readonly string[], wanted: string) => {
  const { complaint, code, left } = await (await start(t, flags)).end;
  t.deepEqual({ code, left }, { code: 1, left: [] });
  t.is(complaint, `${wanted}\n${help}`);
});

test('a flag that is none is refused', refuses, ['--nope'], "Unknown option '--nope'");
test('a number out of bounds is refused', refuses, ['--gpus', '99'], '--gpus is a whole number from 0 to 64, not "99"');

test('a port that is taken is named, with what to do, and nothing is left behind', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { complaint, code, left } = await (await start(t, ['--port', String(port)])).end;
  t.deepEqual({ code, left }, { code: 1, left: [] });
  t.is(complaint, `Port ${port} is taken. Choose another, or leave --port out for a free one.\n${help}`);
});

test('a machine without git is told to install it, and nothing is left behind', async (t) => {
  const { complaint, code, left } = await (await start(t, [], { PATH: '/nowhere' })).end;
  t.deepEqual({ code, left }, { code: 1, left: [] });
  t.is(complaint, 'git was not found in PATH, and the sandbox needs it. Install git, or add its folder to PATH.\n');
});

test('an end before the page is open leaves nothing behind', async (t) => {
  const { child, temporary, end } = await start(t, ['--port', '0']);
  while ((await readdir(temporary)).length === 0) await new Promise((resolve) => setImmediate(resolve));
  child.kill('SIGINT');
  t.deepEqual((await end).left, []);
});
