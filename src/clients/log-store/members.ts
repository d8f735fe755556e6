import { type FileHandle, open } from 'node:fs/promises';
import { type Member, memberAt, memberHeaderBytes, memberLimit, unpacked } from './gzip-member.ts';

/** The size of a log: of its file, and of the text in it. */
export interface LogSize {
  readonly bytes: number;
  readonly textBytes: number;
}

/** A log file opened for reading: the last of its complete members, in order. */
export interface OpenLog extends AsyncDisposable {
  readonly members: readonly Member[];
  /** Of all complete members, including those before `members`. */
  readonly size: LogSize;
  /** Whether there are earlier members. */
  readonly cut: boolean;
  /** The text of one member; undefined if it is corrupt. */
  text(member: Member): Promise<string | undefined>;
}

const everything: LogSize = { bytes: Number.POSITIVE_INFINITY, textBytes: Number.POSITIVE_INFINITY };

/**
 * Opens a log file; a missing one is treated as empty. What a crash left after the last complete member is ignored.
 * @param room only as many of the last members are kept in memory as reach one of the two sizes
 */
export async function openLog(path: string, room: LogSize = everything): Promise<OpenLog> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const found = file ? await lastMembers(file, room) : new LastMembers(room);
  return {
    members: found.members(),
    size: found.size,
    cut: found.cut,
    text: async (member) => (file ? (await unpackedAt(file, member))?.toString('utf8') : undefined),
    [Symbol.asyncDispose]: async () => file?.close(),
  };
}

/** The size of the complete part: what follows it in the file must be truncated before more is appended. */
export async function wholeSize(path: string): Promise<LogSize> {
  await using log = await openLog(path, { bytes: 0, textBytes: 0 });
  return log.size;
}

/** Collects members as they are found, dropping the first ones if there is no room for all. */
class LastMembers {
  readonly #room: LogSize;
  #kept: Member[] = [];
  /** Index of the first one kept. */
  #from = 0;
  #inside = { bytes: 0, textBytes: 0 };
  size = { bytes: 0, textBytes: 0 };
  cut = false;

  constructor(room: LogSize) {
    this.#room = room;
  }

  add(member: Member): void {
    this.#kept.push(member);
    this.size = sum(this.size, member, 1);
    this.#inside = sum(this.#inside, member, 1);
    for (let first = this.#kept[this.#from]; first && first !== member; first = this.#kept[this.#from]) {
      const without = sum(this.#inside, first, -1);
      if (without.bytes < this.#room.bytes && without.textBytes < this.#room.textBytes) break;
      this.#inside = without;
      this.#from++;
      this.cut = true;
    }
    if (this.#from > 1_000) {
      this.#kept = this.#kept.slice(this.#from);
      this.#from = 0;
    }
  }

  /** Removes the last one. */
  drop(): void {
    const last = this.#kept.pop();
    if (last) this.size = sum(this.size, last, -1);
  }

  last(): Member | undefined {
    return this.#kept.length > this.#from ? this.#kept.at(-1) : undefined;
  }

  members(): Member[] {
    return this.#kept.slice(this.#from);
  }
}

function sum(size: LogSize, { bytes, textBytes }: LogSize, sign: 1 | -1): LogSize {
  return { bytes: size.bytes + sign * bytes, textBytes: size.textBytes + sign * textBytes };
}

/** Our members are never longer, whatever the header says. */
const longestMember = 4 * memberLimit;
/** Read buffer size: a log of short members has many thousands of headers. */
const windowBytes = 256 * 1024;

async function lastMembers(file: FileHandle, room: LogSize): Promise<LastMembers> {
  const { size } = await file.stat();
  const found = new LastMembers(room);
  const window = Buffer.alloc(windowBytes);
  let [start, end] = [0, 0];
  for (let offset = 0; offset < size; ) {
    if (offset < start || offset + memberHeaderBytes > end) {
      start = offset;
      end = start + (await file.read(window, 0, windowBytes, start)).bytesRead;
    }
    const member = memberAt(offset, window.subarray(offset - start, Math.min(end - start, offset - start + memberHeaderBytes)));
    if (!member || member.bytes > longestMember || offset + member.bytes > size) break;
    found.add(member);
    offset += member.bytes;
  }
  // After a power cut the file can have its full length without the content.
  for (let last = found.last(); last && !(await unpackedAt(file, last)); last = found.last()) found.drop();
  return found;
}

async function unpackedAt(file: FileHandle, member: Member): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(member.bytes);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, member.offset);
  return bytesRead === buffer.length ? await unpacked(buffer) : undefined;
}
