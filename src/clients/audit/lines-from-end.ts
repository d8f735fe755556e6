import { open } from 'node:fs/promises';

const pieceBytes = 256 * 1024;
/** A longer line is not one of ours. */
const longestLine = 64 * 1024;

/**
 * The lines of a file, last one first, read chunk by chunk from its end; none if the file does not exist.
 * @param mostBytes maximum number of bytes to read
 */
export async function* linesFromEnd(path: string, mostBytes: number): AsyncGenerator<string> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return;
  try {
    const { size } = await file.stat();
    const first = Math.max(0, size - mostBytes);
    let rest: Buffer = Buffer.alloc(0);
    for (let at = size; at > first; ) {
      const from = Math.max(first, at - pieceBytes);
      const piece = Buffer.alloc(at - from);
      await file.read(piece, 0, piece.length, from);
      const bytes = Buffer.concat([piece, rest]);
      const lineStart = from === 0 ? 0 : bytes.indexOf(0x0a) + 1;
      // Without a line end, the chunk is the middle of a line.
      if (lineStart > 0 || from === 0) {
        const lines = bytes.toString('utf8', lineStart).split('\n');
        for (const line of lines.reverse()) if (line !== '') yield line;
      }
      rest = lineStart > 0 ? bytes.subarray(0, lineStart) : from === 0 ? Buffer.alloc(0) : bytes.subarray(0, longestLine);
      at = from;
    }
  } finally {
    await file.close();
  }
}
