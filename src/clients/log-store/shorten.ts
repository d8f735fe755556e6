import { createReadStream, createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { packed } from './gzip-member.ts';
import { type LogSize, openLog } from './members.ts';

/** Placeholder for omitted lines at the beginning. */
export const shortening = '[the lines before this one are omitted: the log is longer than the limit]';

/** Drops complete members at the beginning of a log file, leaving little more than `room`. Concurrent readers keep reading the old file. */
export async function shorten(path: string, room: LogSize): Promise<LogSize> {
  const { offset, end, textBytes, time } = await lastPart(path, room);
  const text = Buffer.from(`${time} ${shortening}\n`);
  const note = await packed(text);
  const draft = join(dirname(path), `.${basename(path)}.tmp`);
  const output = createWriteStream(draft, { mode: 0o600 });
  output.write(note);
  await pipeline(createReadStream(path, { start: offset, end: Math.max(offset, end - 1) }), output);
  await rename(draft, path);
  return { bytes: note.length + end - offset, textBytes: text.length + textBytes };
}

/** Start and end of the part to keep, the size of its text, and the time of its first line. */
async function lastPart(path: string, room: LogSize): Promise<{ offset: number; end: number; textBytes: number; time: string }> {
  await using log = await openLog(path, room);
  const [first] = log.members;
  if (!first) return { offset: 0, end: 0, textBytes: 0, time: '' };
  const text = (await log.text(first)) ?? '';
  const textBytes = log.members.reduce((sum, member) => sum + member.textBytes, 0);
  return { offset: first.offset, end: log.size.bytes, textBytes, time: text.slice(0, text.indexOf(' ')) };
}
