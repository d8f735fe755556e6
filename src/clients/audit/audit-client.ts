import { randomUUID } from 'node:crypto';
import { appendFile, open } from 'node:fs/promises';
import type { Audit, AuditEntry, DecisionEnd, DecisionRequest } from '../../core/command/audit.ts';
import { Serial } from '../../core/concurrency/serial.ts';
import { linesFromEnd } from './lines-from-end.ts';

/** How much of the end of the file is searched for the decisions about one run: about a hundred thousand of them. */
const mostBytes = 32 * 1024 ** 2;

export interface AuditFile extends Audit {
  /** The latest entries, newest first; only those of one run if given. A line truncated by a crash is skipped. */
  entries(run?: string, most?: number): Promise<readonly AuditEntry[]>;
}

/**
 * The append-only audit log: one JSON object per line, each on disk before its promise resolves. A decision has one line with its `id`
 * when it begins, and another with that id as `ends` when it has ended.
 * @param redact removes secrets from user input
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
  // A crash may have left a partial line: start the next one on a new line.
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

/** Undefined if the user was asked for more input, and has not decided. The end of a decision comes after it in the file. */
function entryOf({ id, ...decision }: Begun, ends: ReadonlyMap<string, DecisionEnd>): AuditEntry | undefined {
  const { outcome = 'open', why } = ends.get(id) ?? {};
  return outcome === 'asked' ? undefined : { ...decision, outcome, ...(why !== undefined && { why }) };
}

type Begun = DecisionRequest & { readonly id: string };
type Ended = DecisionEnd & { readonly ends: string };

/** Undefined if it was truncated by a crash, or is not one of ours. */
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
