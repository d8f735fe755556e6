import { appendFile, open, readFile } from 'node:fs/promises';
import type { Audit, AuditEntry } from '../core/audit.ts';

export interface AuditFile extends Audit {
  /** The newest entries, the newest first; of one run where it is given. A line that a crash cut off is left out. */
  entries(run?: string, most?: number): Promise<readonly AuditEntry[]>;
}

/**
 * The audit: one JSON object a line, only ever appended to, each on the disk before its promise resolves.
 * @param redact takes secrets out of what people said
 */
export function auditFile(path: string, redact: (text: string) => string = (text) => text): AuditFile {
  let last: Promise<unknown> = Promise.resolve();
  return {
    append(entry) {
      const { said, why } = entry;
      const clean = { ...entry, said: redact(said), ...(why !== undefined && { why: redact(why) }) };
      const written = last.then(() => appended(path, `${JSON.stringify(clean)}\n`));
      last = written.catch(() => undefined);
      return written;
    },
    async entries(run, most = 20) {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      const all = text.split('\n').flatMap(entryOf);
      return all
        .filter((entry) => run === undefined || entry.run === run)
        .slice(-most)
        .reverse();
    },
  };
}

async function appended(path: string, line: string): Promise<void> {
  // A crash may have left half a line: the next one begins on its own.
  const torn = await isTorn(path);
  await appendFile(path, `${torn ? '\n' : ''}${line}`, { flush: true });
}

async function isTorn(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return false;
  try {
    const { size } = await file.stat();
    if (size === 0) return false;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] !== 0x0a;
  } finally {
    await file.close();
  }
}

function entryOf(line: string): AuditEntry[] {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null && 'said' in entry ? [entry as AuditEntry] : [];
  } catch {
    return [];
  }
}
