import { randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { machineTime } from '../../core/time/clock.ts';
import { readTextNow } from '../files/files-client.ts';

/** Identifies a process uniquely, even among later ones with the same pid. */
export interface ProcessMark {
  readonly id: string;
  readonly pid: number;
  /** Start time in clock ticks since boot; empty if the system does not provide it. */
  readonly started: string;
  readonly boot: string;
  /** The pid namespace: a pid is meaningless outside it. */
  readonly space: string;
  readonly host: string;
  readonly since: string;
}

export function thisProcess(): ProcessMark {
  return {
    id: randomUUID(),
    pid: process.pid,
    started: startOf(process.pid),
    boot: textOr('', () => readTextNow('/proc/sys/kernel/random/boot_id').trim()),
    space: textOr('', () => readlinkSync('/proc/self/ns/pid')),
    host: hostname(),
    since: machineTime().toISOString(),
  };
}

/** Whether the process of a mark is still running; `unknown` if it belongs to another machine or container. */
export function stateOf(mark: ProcessMark, self: ProcessMark): 'alive' | 'dead' | 'unknown' {
  if (mark.boot !== self.boot || mark.space !== self.space || (mark.boot === '' && mark.host !== self.host)) return 'unknown';
  return isRunning(mark.pid) && startOf(mark.pid) === mark.started ? 'alive' : 'dead';
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5)); the second field, the command, may contain spaces and parentheses. */
function startOf(pid: number): string {
  return textOr('', () => {
    const stat = readTextNow(`/proc/${pid}/stat`);
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  });
}

function textOr(otherwise: string, read: () => string): string {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
