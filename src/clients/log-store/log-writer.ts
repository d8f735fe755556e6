import { appendFile, mkdir, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Serial } from '../../core/concurrency/serial.ts';
import { messageOf } from '../../core/errors.ts';
import type { LogLine } from '../../core/logs.ts';
import { cut } from '../../core/text/cut.ts';
import { memberLimit, packed } from './gzip-member.ts';
import { type LogSize, wholeSize } from './members.ts';
import { shorten } from './shorten.ts';

export interface WriterLimits {
  /** A member is written when no line has arrived for this long … */
  readonly quietMs: number;
  /** … and at the latest this long after its first line. */
  readonly longestMs: number;
  /** Amount of text waiting for the disk from which `append` makes its caller wait. */
  readonly slowBytes: number;
  /** Lines beyond this amount are dropped, and the log says how many. */
  readonly mostBytes: number;
  /** Maximum bytes of one file on disk: the older half of a longer log is dropped. */
  readonly fileBytes: number;
  /** The same for its text: repetitive text compresses a thousandfold, and has to be read again after a restart. */
  readonly textBytes: number;
}

/** Lines missing in the file, and the time of the last of them. */
interface Lost {
  readonly lines: number;
  readonly why: string;
  readonly time: string;
}

/** Appends lines to one file, as complete gzip members. Never throws: dropped lines are counted, and the log itself says so. */
export class LogWriter {
  readonly #path: string;
  readonly #limits: WriterLimits;
  readonly #onError: (error: unknown) => void;
  #lines: string[] = [];
  #bytes = 0;
  #waiting = 0;
  #lost: Lost | undefined;
  #size: LogSize | undefined;
  readonly #writes = new Serial();
  #quiet: NodeJS.Timeout | undefined;
  #longest: NodeJS.Timeout | undefined;

  constructor(path: string, limits: WriterLimits, onError: (error: unknown) => void) {
    this.#path = path;
    this.#limits = limits;
    this.#onError = onError;
  }

  /** Resolves immediately unless the disk is slow. */
  append(lines: readonly LogLine[]): Promise<void> {
    for (const line of lines) this.#add(line);
    this.#wake();
    return this.#waiting > this.#limits.slowBytes ? this.#writes.idle() : Promise.resolve();
  }

  /** Resolves when all lines appended so far are in the file. */
  flush(): Promise<void> {
    this.#cut();
    return this.#writes.idle();
  }

  #add(line: LogLine): void {
    const [text, bytes] = written(line);
    if (this.#waiting + bytes > this.#limits.mostBytes) {
      if (this.#bytes > 0) this.#cut();
      this.#lose(1, 'the disk was too slow', line.time);
      return;
    }
    if (this.#bytes + bytes > memberLimit) this.#cut();
    this.#lines.push(text);
    this.#bytes += bytes;
    this.#waiting += bytes;
    if (this.#bytes >= memberLimit) this.#cut();
  }

  #wake(): void {
    clearTimeout(this.#quiet);
    if (this.#bytes === 0) return;
    this.#quiet = setTimeout(() => this.#cut(), this.#limits.quietMs).unref();
    this.#longest ??= setTimeout(() => this.#cut(), this.#limits.longestMs).unref();
  }

  #cut(): void {
    clearTimeout(this.#quiet);
    clearTimeout(this.#longest);
    this.#longest = undefined;
    if (this.#bytes === 0 && !this.#lost) return;
    const [lines, bytes, lost] = [this.#lines, this.#bytes, this.#lost];
    [this.#lines, this.#bytes, this.#lost] = [[], 0, undefined];
    void this.#writes.run(() => this.#write(lines, bytes, lost));
  }

  async #write(lines: readonly string[], bytes: number, lost: Lost | undefined): Promise<void> {
    const gap = lost ? `${lost.time} [${lost.lines} lines were not saved here, because ${lost.why}]\n` : '';
    try {
      await this.#appendMember(Buffer.from(gap + lines.join('')));
    } catch (error) {
      this.#size = undefined;
      this.#lose((lost?.lines ?? 0) + lines.length, messageOf(error), lines[0]?.split(' ', 1)[0] ?? lost?.time ?? '');
      this.#onError(error);
    } finally {
      this.#waiting -= bytes;
    }
  }

  async #appendMember(text: Buffer): Promise<void> {
    const member = await packed(text);
    const before = this.#size ?? (await this.#cutBroken());
    await appendFile(this.#path, member, { mode: 0o600 });
    const { fileBytes, textBytes } = this.#limits;
    this.#size = { bytes: before.bytes + member.length, textBytes: before.textBytes + text.length };
    if (this.#size.bytes <= fileBytes && this.#size.textBytes <= textBytes) return;
    const half = { bytes: fileBytes / 2, textBytes: textBytes / 2 };
    this.#size = await shorten(this.#path, half).catch((error) => this.#stillLong(error));
  }

  /** The log is intact, only too long: the next member retries. */
  #stillLong(error: unknown): undefined {
    this.#onError(error);
  }

  /** Before this process's first member, and after a failed one: truncates an incomplete member, after which nothing could be read. */
  async #cutBroken(): Promise<LogSize> {
    await mkdir(dirname(this.#path), { recursive: true });
    const whole = await wholeSize(this.#path);
    await truncate(this.#path, whole.bytes).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    return whole;
  }

  #lose(lines: number, why: string, time: string): void {
    this.#lost = { lines: (this.#lost?.lines ?? 0) + lines, why, time };
  }
}

/** A line as written to the file, and its size. A line larger than a member is truncated. */
function written({ time, text }: LogLine): [string, number] {
  const line = `${time} ${text.includes('\n') ? text.replaceAll('\n', '\u21b5') : text}\n`;
  const bytes = Buffer.byteLength(line);
  if (bytes <= memberLimit) return [line, bytes];
  return written({ time, text: `${cut(text, memberLimit / 4, '')} [cut: the line had ${bytes} bytes]` });
}
