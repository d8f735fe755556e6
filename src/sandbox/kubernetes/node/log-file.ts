/**
 * A container's log, as a container runtime keeps it: lines with the moment and the stream that they came by, in order of arrival. What is
 * over the limit is cut from the front in halves, as a kubelet rotates a log: readers find only what is left.
 */
import { nanoClock } from '../model/time.ts';

export interface LogLine {
  /** Nanoseconds since the epoch; larger than that of the line before. */
  time: bigint;
  stream: 'stdout' | 'stderr';
  /** With its line end, but for the last line of a container that ended without one. */
  text: Buffer;
}

export interface LogFile {
  readonly lines: readonly LogLine[];
  /** The count of lines that were ever written: a reader's place, that rotation does not move. */
  readonly written: number;
  readonly ended: boolean;
  write(stream: LogLine['stream'], chunk: Buffer): void;
  /** Writes what stands without a line end, and tells readers that nothing follows. */
  end(): void;
  /** Forgets all but the last `lines` lines. */
  rotate(lines: number): void;
  /** Tells of new lines and of the end. */
  onChange(listener: () => void): () => void;
}

const newline = 10;
// A runtime cuts longer lines; one that never ends must not fill the memory.
const longestLine = 256 * 1024;

export function logFile(limit: number): LogFile {
  const clock = nanoClock();
  const lines: LogLine[] = [];
  const listeners = new Set<() => void>();
  const rest = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  let [bytes, written, ended] = [0, 0, false];

  const tell = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const forget = (count: number): void => {
    for (const { text } of lines.splice(0, count)) bytes -= text.length;
  };
  const add = (stream: LogLine['stream'], text: Buffer): void => {
    lines.push({ time: clock(), stream, text });
    written += 1;
    bytes += text.length;
    if (bytes > limit) forget(Math.ceil(lines.length / 2));
  };
  return {
    lines,
    get written() {
      return written;
    },
    get ended() {
      return ended;
    },
    write(stream, chunk) {
      let left: Buffer = Buffer.concat([rest[stream], chunk]);
      for (let at = left.indexOf(newline); at >= 0; at = left.indexOf(newline)) {
        add(stream, left.subarray(0, at + 1));
        left = left.subarray(at + 1);
      }
      if (left.length > longestLine) add(stream, Buffer.concat([left.subarray(0), Buffer.from('\n')]));
      rest[stream] = left.length > longestLine ? Buffer.alloc(0) : Buffer.from(left);
      tell();
    },
    end() {
      for (const stream of ['stdout', 'stderr'] as const) if (rest[stream].length > 0) add(stream, rest[stream]);
      ended = true;
      tell();
    },
    rotate(keep) {
      forget(Math.max(lines.length - keep, 0));
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
