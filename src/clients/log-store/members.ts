import { type FileHandle, open } from 'node:fs/promises';
import { type Member, memberAt, memberHeaderBytes, unpacked } from './gzip-member.ts';

/** A log file as it is read: its whole members, in their order. */
export interface OpenLog extends AsyncDisposable {
  readonly members: readonly Member[];
  /** The text of one member; undefined where it is broken. */
  text(member: Member): Promise<string | undefined>;
}

/** Opens a log file; one that is not there is an empty one. What a crash left behind the last whole member is not seen. */
export async function openLog(path: string): Promise<OpenLog> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return {
    members: file ? await wholeMembers(file) : [],
    text: async (member) => (file ? (await unpackedAt(file, member))?.toString('utf8') : undefined),
    [Symbol.asyncDispose]: async () => file?.close(),
  };
}

/** How many bytes of the file are whole members: what comes after them is to be cut off before more is appended. */
export async function wholeBytes(path: string): Promise<number> {
  await using log = await openLog(path);
  const last = log.members.at(-1);
  return last ? last.offset + last.bytes : 0;
}

async function wholeMembers(file: FileHandle): Promise<Member[]> {
  const { size } = await file.stat();
  const members: Member[] = [];
  const header = Buffer.alloc(memberHeaderBytes);
  for (let offset = 0; offset < size; ) {
    const { bytesRead } = await file.read(header, 0, header.length, offset);
    const member = memberAt(offset, header.subarray(0, bytesRead));
    if (!member || offset + member.bytes > size) break;
    members.push(member);
    offset += member.bytes;
  }
  // After a power cut the length can be there and the content not.
  for (let last = members.at(-1); last && !(await unpackedAt(file, last)); last = members.at(-1)) members.pop();
  return members;
}

async function unpackedAt(file: FileHandle, member: Member): Promise<Buffer | undefined> {
  const buffer = Buffer.alloc(member.bytes);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, member.offset);
  return bytesRead === buffer.length ? await unpacked(buffer) : undefined;
}
