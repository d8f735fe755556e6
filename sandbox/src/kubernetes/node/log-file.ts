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

const newline = 10;
// A runtime cuts longer lines; one that never ends must not fill the memory.
const longestLine = 256 * 1024;
// What a line costs beside its text, so that many short ones do not fill it either.
const overhead = 100;

export class LogFile {
  readonly #limit: number;
  readonly #clock = nanoClock();
  readonly #lines: LogLine[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #rest = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  #bytes = 0;
  #written = 0;
  #ended = false;

  /** Keeps up to `limit` bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  /** The count of lines that were ever written: a reader's place, that rotation does not move. */
  get written(): number {
    return this.#written;
  }

  get ended(): boolean {
    return this.#ended;
  }

  write(stream: LogLine['stream'], chunk: Buffer): void {
    const whole: Buffer = Buffer.concat([this.#rest[stream], chunk]);
    let start = 0;
    for (let at = whole.indexOf(newline); at >= 0; at = whole.indexOf(newline, start)) {
      this.#add(stream, whole.subarray(start, at + 1));
      start = at + 1;
    }
    const left = whole.subarray(start);
    const long = left.length > longestLine;
    if (long) this.#add(stream, Buffer.concat([left, Buffer.from('\n')]));
    this.#rest[stream] = Buffer.from(long ? [] : left);
    this.#tell();
  }

  /** Writes what stands without a line end, and tells readers that nothing follows. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) if (this.#rest[stream].length > 0) this.#add(stream, this.#rest[stream]);
    this.#ended = true;
    this.#tell();
  }

  /** Forgets all but the last `keep` lines. */
  rotate(keep: number): void {
    this.#forget(Math.max(this.#lines.length - keep, 0));
  }

  /** Tells of new lines and of the end. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #add(stream: LogLine['stream'], text: Buffer): void {
    this.#lines.push({ time: this.#clock(), stream, text });
    this.#written += 1;
    this.#bytes += text.length + overhead;
    if (this.#bytes > this.#limit) this.#forget(Math.ceil(this.#lines.length / 2));
  }

  #forget(count: number): void {
    for (const { text } of this.#lines.splice(0, count)) this.#bytes -= text.length + overhead;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
