/** A container as a process of this machine: its own process group, output into a log, killed as a whole. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { StartError } from './command.ts';
import type { LogFile } from './log-file.ts';

export interface RunningProcess {
  /** The exit code; 128 and the signal's number where one ended it. */
  readonly exited: Promise<number>;
  readonly pid: number;
  /** Asks the container's first process to end, as a runtime does; the others are killed when it has. */
  terminate(): void;
  /** Kills the whole group. */
  kill(): void;
}

export interface Start {
  file: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
}

const running = new Set<number>();

// Last resort: a sandbox that ends in whatever way it can still notice leaves no process behind.
process.on('exit', () => {
  for (const pid of running) send(-pid, 'SIGKILL');
});

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

// What a process left behind may keep its output open; it is not waited for longer than this.
const drain = 500;

/** Starts the process. Throws StartError where the system refuses. */
export async function startProcess({ file, args, cwd, env }: Start, log: LogFile): Promise<RunningProcess> {
  const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(new StartError(`exec ${file}: ${words[error.code ?? ''] ?? error.message}`)),
    );
  });
  const { pid = 0 } = child;
  running.add(pid);
  child.stdout.on('data', (chunk: Buffer) => log.write('stdout', chunk));
  child.stderr.on('data', (chunk: Buffer) => log.write('stderr', chunk));
  const closed = new Promise((resolve) => child.once('close', resolve));
  const exited = new Promise<number>((resolve) => {
    child.once('exit', async (code, signal) => {
      send(-pid, 'SIGKILL');
      running.delete(pid);
      await Promise.race([closed, new Promise((done) => setTimeout(done, drain))]);
      log.end();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
  return {
    exited,
    pid,
    terminate: () => running.has(pid) && send(pid, 'SIGTERM'),
    kill: () => running.has(pid) && send(-pid, 'SIGKILL'),
  };
}

const words: Record<string, string> = { ENOEXEC: 'exec format error', EACCES: 'permission denied', ENOENT: 'no such file or directory' };
