import { createReadStream, createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { packed } from './gzip-member.ts';
import { openLog } from './members.ts';

/** What stands for lines that were left out at the beginning. */
export const shortening = '[the lines before this one are left out: the log is longer than what is kept of one]';

/** Cuts the older half of a log file off, by whole members, and gives its new length in bytes. Who reads it meanwhile reads the old one on. */
export async function shorten(path: string): Promise<number> {
  const { offset, end, time } = await middle(path);
  const note = await packed(Buffer.from(`${time} ${shortening}\n`));
  const draft = join(dirname(path), `.${basename(path)}.tmp`);
  const output = createWriteStream(draft, { mode: 0o600 });
  output.write(note);
  await pipeline(createReadStream(path, { start: offset, end: Math.max(offset, end - 1) }), output);
  await rename(draft, path);
  return note.length + end - offset;
}

/** The first member of the newer half, with the time of its first line, and the end of the last member. */
async function middle(path: string): Promise<{ offset: number; end: number; time: string }> {
  await using log = await openLog(path);
  const last = log.members.at(-1);
  if (!last) return { offset: 0, end: 0, time: '' };
  const end = last.offset + last.bytes;
  const first = log.members.find(({ offset }) => offset >= end / 2) ?? last;
  const text = (await log.text(first)) ?? '';
  return { offset: first.offset, end, time: text.slice(0, text.indexOf(' ')) };
}
