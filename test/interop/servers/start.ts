import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server that somebody else wrote, on a port of loopback. */
export interface Server {
  readonly url: string;
  /** `127.0.0.1:port` */
  readonly host: string;
  /** What it has printed, its error log included. */
  log(): string;
  stop(): Promise<void>;
}

/** A process, and what it has printed. */
export interface Started {
  readonly child: ChildProcess;
  log(): string;
  stop(): Promise<void>;
}

export async function scratchFolder(name: string): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), `coxswain-interop-${name}-`));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Where it writes its errors, if it cannot write them to a socket. */
  readonly logFile?: string;
}

/** Nothing outlives the tests. */
const running = new Set<() => boolean>();
process.once('exit', () => {
  for (const kill of running) kill();
});

/** Starts a program as the leader of its own process group, which ends as a whole. */
export function start(path: string, words: readonly string[], { env = {}, logFile }: StartOptions = {}): Started {
  const child = spawn(path, words, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let printed = '';
  const keep = (part: Buffer) => {
    printed = (printed + part.toString('utf8')).slice(-100_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.on('error', (error) => keep(Buffer.from(String(error))));
  const kill = () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return false;
    return process.kill(-child.pid, 'SIGKILL');
  };
  const stop = async () => {
    running.delete(kill);
    if (kill()) await once(child, 'exit');
  };
  running.add(kill);
  const log = () => printed + (logFile && existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  return { child, log, stop };
}

/** Waits until somebody listens. @throws Error with what the program printed, if it ends or takes 30 s */
export async function listens(port: number, { child, log }: Started, address = '127.0.0.1'): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(25)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${child.spawnfile} has ended: ${log()}`);
    const socket = connect(port, address);
    const there = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(
      () => false,
    );
    socket.destroy();
    if (there) return;
  }
  throw new Error(`${child.spawnfile} does not listen within 30 s: ${log()}`);
}

/** Waits until a program has made its socket. @throws Error with what it printed, if it takes 30 s */
export async function isThere(socket: string, { child, log }: Started): Promise<void> {
  for (const end = Date.now() + 30_000; !existsSync(socket); await sleep(25)) {
    if (Date.now() > end) throw new Error(`${child.spawnfile} has no socket after 30 s: ${log()}`);
  }
}
