/** Commands in a container that runs: processes beside its own, with the same folder, environment and files, that end with it. */
import type { Readable, Writable } from 'node:stream';
import { locate } from './command.ts';
import { spawnGroup } from './process.ts';
import type { Slot } from './slot.ts';

export interface ExecProcess {
  /** Null where no standard input was asked for. */
  readonly stdin: Writable | null;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The exit code, once all output was read. */
  readonly ended: Promise<number>;
  /** Kills it and what it has started. */
  kill(): void;
}

/** Runs one command. Throws StartError where there is no such program. */
export type Exec = (command: readonly string[], stdin: boolean) => Promise<ExecProcess>;

/** Where the API server has commands run: the node. */
export interface ExecSource {
  /** Undefined where that container does not run. */
  execIn(podUid: string, container: string): Exec | undefined;
}

export function execOf(slot: Slot): Exec | undefined {
  const { inside, process } = slot;
  if (!inside || !process) return undefined;
  return async (command, stdin) => {
    const [file, ...args] = await locate([...command], inside.scratch, inside.env.PATH);
    const { child, exited, kill } = await spawnGroup({ file, args, cwd: inside.cwd, env: inside.env }, stdin ? 'pipe' : 'ignore');
    slot.execs.add(kill);
    const closed = new Promise((resolve) => child.once('close', resolve));
    const ended = exited.then(async (code) => {
      slot.execs.delete(kill);
      await closed;
      return code;
    });
    // The container may have ended while the program was looked for.
    if (slot.process !== process) kill();
    return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended, kill };
  };
}
