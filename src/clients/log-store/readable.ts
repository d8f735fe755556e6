import type { LogLine } from '../../core/logs.ts';
import { openLog } from './members.ts';

/** Placeholder for a corrupt member. */
export const unreadable = '[a part of the log cannot be read]';

/** The last lines of a log, at most `maxBytes`. `cut`: there are earlier ones. */
export async function lastLines(path: string, maxBytes: number): Promise<{ lines: LogLine[]; cut: boolean }> {
  const { text, cut } = await endOf(path, maxBytes, (part) => part);
  return { lines: text === '' ? [] : text.replace(/\n$/, '').split('\n').map(lineOf), cut };
}

/** The end of a log in human-readable form: the time in seconds, then the line. `cut`: its beginning is missing. */
export async function readableEnd(path: string, maxBytes: number): Promise<{ text: string; cut: boolean }> {
  return await endOf(path, maxBytes, readable);
}

/** Decompresses only as many members at the end as `maxBytes` requires. */
async function endOf(path: string, maxBytes: number, shown: (text: string) => string): Promise<{ text: string; cut: boolean }> {
  await using log = await openLog(path, { bytes: Number.POSITIVE_INFINITY, textBytes: maxBytes });
  const parts: string[] = [];
  let bytes = 0;
  let next = log.members.length - 1;
  for (; next >= 0 && bytes <= maxBytes; next--) {
    const member = log.members[next];
    const text = shown((member && (await log.text(member))) ?? `${unreadable}\n`);
    parts.push(text);
    bytes += Buffer.byteLength(text);
  }
  const text = lastBytes(parts.reverse().join(''), maxBytes);
  return { text, cut: log.cut || next >= 0 || bytes > maxBytes };
}

/** Parses a line of the file. */
export function lineOf(line: string): LogLine {
  const blank = line.indexOf(' ');
  return { time: line.slice(0, blank), text: line.slice(blank + 1) };
}

/** RFC 3339 times without fractional seconds. */
function readable(text: string): string {
  return text.replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d+/gm, '$1');
}

/** The last lines that fit; if not even one does, its end. */
function lastBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  const from = bytes.length - maxBytes;
  const lineEnd = bytes.indexOf(0x0a, from - 1);
  if (lineEnd >= 0 && lineEnd < bytes.length - 1) return bytes.toString('utf8', lineEnd + 1);
  return bytes.toString('utf8', characterStart(bytes, from));
}

/** The first byte at or after `from` that starts a character (UTF-8 continuation bytes are 10xxxxxx). */
function characterStart(bytes: Buffer, from: number): number {
  let start = from;
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return start;
}
