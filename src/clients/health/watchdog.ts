import { writeSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../core/errors.ts';
import { redactor } from '../../core/redaction/redactor.ts';
import { logLine } from '../log/log.ts';
import { Heartbeat } from './heartbeat.ts';
import type { FromWatchdog, WatchdogData } from './messages.ts';
import { probed } from './probes.ts';
import { Standstill } from './standstill.ts';
import { stoppedAt } from './stopped-at.ts';

// A separate thread: it keeps running while the main one is blocked.
const { memory, port, folder, known, limitMs } = workerData as WatchdogData;
const lookMs = 1_000;
const writeMs = 10_000;
/** How long a write may take before the disk is considered unresponsive. */
const patienceMs = 5_000;
const exitCode = 70;
const heartbeat = new Heartbeat(memory);
const standstill = new Standstill(lookMs);
const redact = redactor(known);
let parts: Readonly<Record<string, string | undefined>> = {};
let unwritable: string | undefined = 'has not been written to yet';

parentPort?.on('message', (now: typeof parts) => {
  parts = now;
});

if (port === undefined) say({ port });
else serve(port);
setInterval(() => {
  if (standstill.look(heartbeat.beats) >= limitMs) void end();
}, lookMs);
void keepWriting();

function say(message: FromWatchdog): void {
  parentPort?.postMessage(message);
}

function serve(at: number): void {
  const server = createServer({ requestTimeout: 5_000 }, ({ url }, response) => {
    const { code, text } = probed(url, { stillMs: standstill.ms, limitMs, parts: { ...parts, store: unwritable } });
    response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' }).end(redact(text));
  });
  server.once('error', (error) => say({ problem: messageOf(error) }));
  server.listen(at, () => say({ port: (server.address() as AddressInfo).port }));
}

async function keepWriting(): Promise<void> {
  for (;;) {
    const slow = sleep(patienceMs, `${folder} does not answer`);
    unwritable = await Promise.race([written(), slow]);
    await sleep(unwritable ? lookMs : writeMs);
  }
}

/** Creates a new file each time: that needs space, which a full disk does not have. */
async function written(): Promise<string | undefined> {
  const file = join(folder, '.writable');
  try {
    await writeFile(file, Buffer.alloc(4096), { mode: 0o600 });
    await rm(file);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

let ending = false;

/** Logs what was in progress, and ends the process: the next one resumes from what was saved. */
async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  const still = Math.round(standstill.ms / 1000);
  const stopped = await stoppedAt("globalThis[Symbol.for('coxswain.work')]?.()", patienceMs).catch(() => undefined);
  const what = stopped?.work ?? (heartbeat.noted && `unknown; last started: ${heartbeat.noted}`);
  const stack = stopped ? stopped.stack.map((line) => `\n  at ${line}`).join('') : '\n  (in a system call that does not return)';
  write(`the event loop has been blocked for ${still} s; exiting, to be restarted. In progress: ${what || 'unknown'}${stack}`);
  process.kill(process.pid, 'SIGKILL');
  // The first process of a container cannot be killed by its own SIGKILL.
  stopped?.end(exitCode);
}

/** Writes directly to stdout: that of a worker thread goes through the main thread. */
function write(text: string): void {
  try {
    writeSync(1, logLine('error', redact(text)));
  } catch {
    // Exiting matters more than the message.
  }
}
