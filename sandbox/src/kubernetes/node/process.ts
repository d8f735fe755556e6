/** A container as a process of this machine: its own process group, output into a log, killed as a whole. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
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

interface Group {
  readonly child: ChildProcessByStdio<Writable | null, Readable, Readable>;
  readonly pid: number;
  /** The exit code of its first process; the rest of the group is killed then. */
  readonly exited: Promise<number>;
  /** Kills all of it. */
  kill(): void;
}

/** Starts a process and its group. Throws StartError where the system refuses. */
export async function spawnGroup({ file, args, cwd, env }: Start, stdin: 'ignore' | 'pipe'): Promise<Group> {
  const options = { cwd, env, detached: true } as const;
  const child =
    stdin === 'pipe'
      ? spawn(file, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
      : spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(new StartError(`exec ${file}: ${words[error.code ?? ''] ?? error.message}`)),
    );
  });
  const { pid = 0 } = child;
  running.add(pid);
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => {
      send(-pid, 'SIGKILL');
      running.delete(pid);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
  return { child, pid, exited, kill: () => running.has(pid) && send(-pid, 'SIGKILL') };
}

// What a process left behind may keep its output open; it is not waited for longer than this.
const drain = 500;

/** Starts a container's process. Throws StartError where the system refuses. */
export async function startProcess(start: Start, log: LogFile): Promise<RunningProcess> {
  const { child, pid, exited, kill } = await spawnGroup(start, 'ignore');
  child.stdout.on('data', (chunk: Buffer) => log.write('stdout', chunk));
  child.stderr.on('data', (chunk: Buffer) => log.write('stderr', chunk));
  const closed = new Promise((resolve) => child.once('close', resolve));
  const ended = exited.then(async (code) => {
    await Promise.race([closed, new Promise((done) => setTimeout(done, drain))]);
    log.end();
    return code;
  });
  return { exited: ended, pid, terminate: () => running.has(pid) && send(pid, 'SIGTERM'), kill };
}

const words: Record<string, string> = { ENOEXEC: 'exec format error', EACCES: 'permission denied', ENOENT: 'no such file or directory' };
