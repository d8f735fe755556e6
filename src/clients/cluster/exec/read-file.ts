import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { ClusterError } from '../../../core/cluster.ts';
import { messageOf } from '../../../core/errors.ts';
import type { Execution } from './exec.ts';

/** The command that packs the file at the given absolute path. tar does not follow a link there, and sends the size before the content. */
export function packing(path: string): string[] {
  return ['tar', '-c', '-f', '-', '-C', posix.dirname(path), '--', `./${posix.basename(path)}`];
}

/**
 * Streams the content of the file packed by an execution of `packing`.
 * The stream fails with ClusterError if the file does not exist, is not a regular file, or is truncated; `retry` is true if the
 * connection broke or the container ended meanwhile.
 */
export function unpacked(path: string, { stdout, done }: Execution): Readable {
  return Readable.from(bytes(path, stdout, done), { objectMode: false });
}

async function* bytes(path: string, stdout: Readable, done: Execution['done']): AsyncGenerator<Uint8Array> {
  let files = 0;
  try {
    const archive = extract();
    const arrives = pipeline(stdout, archive);
    arrives.catch(() => {});
    for await (const entry of archive) {
      if (entry.header.type !== 'file') throw unreadable(path, `it is a ${entry.header.type}, not a file`);
      files += 1;
      yield* entry as AsyncIterable<Uint8Array>;
    }
    await arrives;
  } catch (error) {
    if (error instanceof ClusterError) throw error;
    // A truncated archive: the command's exit explains it better.
    const ended = await done.catch(() => undefined);
    throw unreadable(path, ended?.stderr.trim() || messageOf(error), isKilled(ended?.exitCode));
  } finally {
    // Also if the reader stopped early.
    stdout.destroy();
  }
  const { exitCode, stderr } = await done;
  if (exitCode === 0 && files === 1) return;
  throw unreadable(path, stderr.trim() || `tar exited with code ${exitCode} after ${files} files`, isKilled(exitCode));
}

function isKilled(exitCode = 0): boolean {
  return exitCode > 128;
}

function unreadable(path: string, why: string, retry = false): ClusterError {
  return new ClusterError(`${path} cannot be read: ${why}`, { code: 0, reason: 'Unreadable', retry });
}
