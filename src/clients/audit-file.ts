import { randomUUID } from 'node:crypto';
import { appendFile, open } from 'node:fs/promises';
import type { AskedDecision, Audit, AuditEntry, DecisionEnd } from '../core/audit.ts';
import { readText } from './files.ts';

export interface AuditFile extends Audit {
  /** The newest entries, the newest first; of one run where it is given. A line that a crash cut off is left out. */
  entries(run?: string, most?: number): Promise<readonly AuditEntry[]>;
}

/**
 * The audit: one JSON object a line, only ever appended to, each on the disk before its promise resolves. A decision has a line with its `id`
 * when it begins, and one with `ends`, that id, when it has ended.
 * @param redact takes secrets out of what people said
 */
export function auditFile(path: string, redact: (text: string) => string = (text) => text): AuditFile {
  let last: Promise<unknown> = Promise.resolve();
  const append = (line: object) => {
    const written = last.then(() => appended(path, `${JSON.stringify(line)}\n`));
    last = written.catch(() => undefined);
    return written;
  };
  return {
    async begin(decision) {
      const id = randomUUID();
      await append({ ...decision, said: redact(decision.said), id });
      return ({ outcome, why }) => append({ ends: id, outcome, ...(why !== undefined && { why: redact(why) }) });
    },
    async entries(run, most = 20) {
      const text = await readText(path, Number.POSITIVE_INFINITY).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      return entriesIn(text)
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

/** In the order in which they began; who was asked for more has not decided. */
function entriesIn(text: string): AuditEntry[] {
  const lines = text.split('\n').flatMap(lineOf);
  const ends = new Map(lines.flatMap((line) => ('ends' in line ? [[line.ends, line]] : [])));
  return lines.flatMap((line) => {
    if ('ends' in line) return [];
    const { id, ...decision } = line;
    const { outcome = 'open', why } = ends.get(id) ?? {};
    return outcome === 'asked' ? [] : [{ ...decision, outcome, ...(why !== undefined && { why }) }];
  });
}

type Line = (AskedDecision & { readonly id: string }) | (DecisionEnd & { readonly ends: string });

function lineOf(line: string): Line[] {
  try {
    const found: unknown = JSON.parse(line);
    return typeof found === 'object' && found !== null && ('ends' in found || 'said' in found) ? [found as Line] : [];
  } catch {
    return [];
  }
}
