import { promisify } from 'node:util';
import { constants, crc32, deflateRaw, inflateRaw } from 'node:zlib';

/** Maximum bytes of text in a member, before compression. */
export const memberLimit = 256 * 1024;

const headerBytes = 24;
const trailerBytes = 8;
const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** The position of a member in its file, and the size of its text. */
export interface Member {
  readonly offset: number;
  readonly bytes: number;
  readonly textBytes: number;
}

/**
 * One complete gzip member (RFC 1952) with its size and that of its text in an extra field (section 2.3.1.1, id `cx`), like bgzip:
 * so the members of a file can be found without decompressing them, and `zcat` can still read the file.
 */
export async function packed(text: Buffer): Promise<Buffer> {
  const body = await deflate(text, { level: constants.Z_BEST_SPEED });
  const header = Buffer.alloc(headerBytes);
  header.set([0x1f, 0x8b, 8, 0x04]);
  header[9] = 3; // Unix
  header.writeUInt16LE(12, 10);
  header.write('cx', 12, 'latin1');
  header.writeUInt16LE(8, 14);
  header.writeUInt32LE(headerBytes + body.length + trailerBytes, 16);
  header.writeUInt32LE(text.length, 20);
  const trailer = Buffer.alloc(trailerBytes);
  trailer.writeUInt32LE(crc32(text), 0);
  trailer.writeUInt32LE(text.length, 4);
  return Buffer.concat([header, body, trailer]);
}

/** The text of a member; undefined if it is corrupt. */
export async function unpacked(member: Buffer): Promise<Buffer | undefined> {
  try {
    const text = await inflate(member.subarray(headerBytes, -trailerBytes), { maxOutputLength: 4 * memberLimit });
    const whole = text.length === member.readUInt32LE(member.length - 4) && crc32(text) === member.readUInt32LE(member.length - 8);
    return whole ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The member that starts with this header; undefined if it is not one of ours. */
export function memberAt(offset: number, header: Buffer): Member | undefined {
  if (header.length < headerBytes || header.readUInt32BE(0) !== 0x1f8b0804 || header.toString('latin1', 12, 14) !== 'cx') return undefined;
  const bytes = header.readUInt32LE(16);
  return bytes > headerBytes + trailerBytes ? { offset, bytes, textBytes: header.readUInt32LE(20) } : undefined;
}

export const memberHeaderBytes = headerBytes;
