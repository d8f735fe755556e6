import { spawn } from 'node:child_process';
import pLimit, { type LimitFunction } from 'p-limit';
import { currentLane, type Lane } from '../../../core/concurrency/lane.ts';

export interface ProgramOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly timeoutMs: number;
  /** Limit for each of stdout and stderr. */
  readonly mostBytes: number;
  /** Kills the program. */
  readonly signal?: AbortSignal | undefined;
}

export interface ProgramEnd {
  /** Undefined if it was killed. */
  readonly exitCode: number | undefined;
  readonly killed: 'too late' | 'too much output' | 'stopped' | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** How many programs run at the same time; git needs about 7 MB, and its helper the same. */
const atOnce: Readonly<Record<Lane, LimitFunction>> = { questions: pLimit(4), decisions: pLimit(4), bot: pLimit(8) };

/**
 * Runs a program when a slot is free, without a shell and without input. If it has to be killed, everything it started is killed too:
 * it is the leader of a process group (otherwise git leaves its network helpers behind, and they keep the outputs open).
 * @throws Error if it cannot be started
 */
export function runProgram(name: string, args: readonly string[], options: ProgramOptions): Promise<ProgramEnd> {
  return atOnce[currentLane()](() => run(name, args, options));
}

async function run(name: string, args: readonly string[], options: ProgramOptions): Promise<ProgramEnd> {
  const { promise, resolve, reject } = Promise.withResolvers<ProgramEnd>();
  const { env, cwd, timeoutMs, mostBytes, signal } = options;
  const child = spawn(name, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let killed: ProgramEnd['killed'];
  const kill = (why: NonNullable<ProgramEnd['killed']>) => {
    killed ??= why;
    killGroup(child.pid);
  };
  const timer = setTimeout(() => kill('too late'), timeoutMs);
  const stop = () => kill('stopped');
  signal?.addEventListener('abort', stop);
  const stdout = collected(child.stdout, mostBytes, () => kill('too much output'));
  const stderr = collected(child.stderr, mostBytes, () => kill('too much output'));
  child.on('error', reject);
  child.on('close', (exitCode) => resolve({ exitCode: exitCode ?? undefined, killed, stdout: stdout(), stderr: stderr() }));
  return await promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  });
}

function collected(stream: NodeJS.ReadableStream, mostBytes: number, tooMuch: () => void): () => string {
  const parts: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (part: Buffer) => {
    bytes += part.length;
    if (bytes > mostBytes) tooMuch();
    else parts.push(part);
  });
  return () => Buffer.concat(parts).toString('utf8');
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has already exited.
  }
}
