import { randomUUID } from 'node:crypto';
import { appendFile, open } from 'node:fs/promises';
import type { Audit, AuditEntry, DecisionEnd, DecisionRequest } from '../../core/command/audit.ts';
import { Serial } from '../../core/concurrency/serial.ts';
import { linesFromEnd } from './lines-from-end.ts';

/** So much of the end of the file is looked through for the decisions about one run: some hundred thousand. */
const mostBytes = 32 * 1024 ** 2;

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
  const writes = new Serial();
  const append = (line: object) => writes.run(() => appended(path, `${JSON.stringify(line)}\n`));
  return {
    async begin(decision) {
      const id = randomUUID();
      await append({ ...decision, said: redact(decision.said), id });
      return ({ outcome, why }) => append({ ends: id, outcome, ...(why !== undefined && { why: redact(why) }) });
    },
    async entries(run, most = 20) {
      const entries: AuditEntry[] = [];
      const ends = new Map<string, DecisionEnd>();
      for await (const text of linesFromEnd(path, mostBytes)) {
        const line = lineOf(text);
        if (line && 'ends' in line) ends.set(line.ends, line);
        const entry = line && 'said' in line ? entryOf(line, ends) : undefined;
        if (entry && (run === undefined || entry.run === run)) entries.push(entry);
        if (entries.length >= most) break;
      }
      return entries;
    },
  };
}

async function appended(path: string, line: string): Promise<void> {
  // A crash may have left half a line: the next one begins on its own.
  const torn = await isTorn(path);
  await appendFile(path, `${torn ? '\n' : ''}${line}`, { flush: true, mode: 0o600 });
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

/** Undefined where the person was asked for more, and has not decided. What a decision has ended by stands behind it. */
function entryOf({ id, ...decision }: Begun, ends: ReadonlyMap<string, DecisionEnd>): AuditEntry | undefined {
  const { outcome = 'open', why } = ends.get(id) ?? {};
  return outcome === 'asked' ? undefined : { ...decision, outcome, ...(why !== undefined && { why }) };
}

type Begun = DecisionRequest & { readonly id: string };
type Ended = DecisionEnd & { readonly ends: string };

/** Undefined where a crash has cut it off, or it is none of ours. */
function lineOf(line: string): Begun | Ended | undefined {
  try {
    const found: unknown = JSON.parse(line);
    if (typeof found !== 'object' || found === null) return undefined;
    if ('ends' in found && typeof found.ends === 'string') return found as Ended;
    return 'said' in found && typeof found.said === 'string' ? (found as Begun) : undefined;
  } catch {
    return undefined;
  }
}
