/** A container's memory limit, as far as it can be held without cgroups: the group's resident memory is looked at twice a second. */
import { readdir, readFile } from 'node:fs/promises';

const interval = 500;
const pageSize = 4096;

/** Calls `exceeded` once when the process group holds more than `limit` bytes; gives back what stops the looking. */
export function watchMemory(group: number, limit: number, exceeded: () => void): () => void {
  const timer = setInterval(async () => {
    if ((await residentMemory(group)) <= limit || stopped) return;
    stop();
    exceeded();
  }, interval);
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    clearInterval(timer);
  };
  return stop;
}

/** Bytes that the processes of a group hold (proc(5): fields 5 and 24 of stat); 0 where the system has no /proc. */
async function residentMemory(group: number): Promise<number> {
  const names = await readdir('/proc').catch(() => []);
  const processes = names.filter((name) => /^\d+$/.test(name));
  const held = await Promise.all(processes.map(async (pid) => heldBy(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''), group)));
  return held.reduce((sum, one) => sum + one, 0);
}

function heldBy(stat: string, group: number): number {
  // The program's name, in parentheses, may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[2]) === group ? Number(fields[21]) * pageSize : 0;
}
