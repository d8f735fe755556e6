import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ExecutionContext } from 'ava';
import { isForGood, messageOf } from '../../../src/core/errors.ts';

/** What was seen, server by server, and for each what was done: before the faults were mended, and now. */
export type Rows = Readonly<Record<string, Readonly<Record<string, Seen>>>>;

export interface Seen {
  readonly before: string;
  readonly now: string;
}

const fileOf = (name: string): URL => new URL(`../rows/${name}.json`, import.meta.url);
export const readRows = (name: string): Rows => (existsSync(fileOf(name)) ? JSON.parse(readFileSync(fileOf(name), 'utf8')) : {});

export interface Place {
  /** The file of `rows/`. */
  readonly rows: string;
  readonly server: string;
  readonly did: string;
}

/** Compares what was seen with the row of the table. UPDATE_README=1 writes it there, and UPDATE_BEFORE=1 as what was seen before. */
export function saw(t: ExecutionContext, { rows: name, server, did }: Place, seen: string): void {
  const rows = readRows(name);
  const row = rows[server]?.[did] ?? { before: '', now: '' };
  const key = process.env.UPDATE_BEFORE ? 'before' : 'now';
  if (process.env.UPDATE_BEFORE || process.env.UPDATE_README) {
    const updated = { ...rows, [server]: { ...rows[server], [did]: { ...row, [key]: seen } } };
    writeFileSync(fileOf(name), `${JSON.stringify(updated, undefined, 2)}\n`);
  }
  t.is(seen, process.env.UPDATE_BEFORE || process.env.UPDATE_README ? seen : row.now, `${server}: ${did}`);
}

/** Text without what differs from run to run: addresses by their names, such as `{ [host]: 'git.example' }`. */
export function plain(text: string, names: Readonly<Record<string, string>>): string {
  const named = Object.entries(names).reduce((said, [address, name]) => said.replaceAll(address, name), text);
  return named.replace(/\b[0-9a-f]{40}\b/g, 'COMMIT').replace(/127\.0\.0\.1:\d*/g, 'ADDRESS');
}

/** How the bot takes an error: it says it and gives up, or tries again. */
export function heard(error: unknown, names: Readonly<Record<string, string>>): string {
  return plain(`${isForGood(error) ? 'said' : 'tried again'}: ${messageOf(error)}`, names);
}

/** The table as Markdown; what is the same with several servers stands there once. */
export function tableOf(rows: Rows): string {
  const servers = new Map<string, string[]>();
  for (const [server, dids] of Object.entries(rows)) {
    for (const [did, { before, now }] of Object.entries(dids)) {
      const rest = [did, before, now].map(cell).join(' | ');
      servers.set(rest, [...(servers.get(rest) ?? []), cell(server)]);
    }
  }
  const lines = [...servers].map(([rest, names]) => `| ${names.sort().join('; ')} | ${rest} |`);
  return ['| server | what was done | seen before | seen now |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
