import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import type { LogLine } from '../../core/logs.ts';
import type { Log } from '../log/log.ts';
import { LogWriter, type WriterLimits } from './log-writer.ts';
import { openLog, wholeSize } from './members.ts';
import { lastLines, lineOf, readableEnd, unreadable } from './readable.ts';
import { shortening } from './shorten.ts';

/** The logs of all runs: `logs/<run>/<stage>.<container>.log.gz`, readable with zcat. Lines arrive here already redacted. */
export interface LogStoreClient {
  /**
   * Keeps the newest 8 to 16 MiB (compressed), or 64 to 128 MiB of text, of each log: otherwise anyone who may push could fill the disk,
   * on which the runs are stored too.
   * Buffers; the promise makes a fast caller wait if the disk is slow. Otherwise lines are dropped, and the log says how many.
   */
  append(run: string, stage: string, container: string, lines: readonly LogLine[]): Promise<void>;
  /** Resolves when everything appended (to one run, or to all) is in the files. */
  flush(run?: string): Promise<void>;
  /** The lines, including those still buffered; for an old log from before the limit, the last 128 MiB. */
  read(run: string, stage: string, container: string): AsyncIterable<LogLine>;
  /** `bytes`: length of the text. */
  files(run: string): Promise<{ stage: string; container: string; bytes: number }[]>;
  /** The last lines, at most `maxBytes`, without reading earlier ones. `cut`: there are earlier ones. */
  tail(run: string, stage: string, container: string, maxBytes: number): Promise<{ lines: readonly LogLine[]; cut: boolean }>;
  /** The log in human-readable form; if it is longer than `maxBytes`, its end. */
  text(run: string, stage: string, container: string, maxBytes: number): Promise<{ text: string; cut: boolean }>;
  forget(run: string): Promise<void>;
}

const usual: WriterLimits = {
  quietMs: 1_000,
  longestMs: 5_000,
  slowBytes: 4 * 1024 ** 2,
  mostBytes: 32 * 1024 ** 2,
  fileBytes: 16 * 1024 ** 2,
  textBytes: 128 * 1024 ** 2,
};

/** Files that cannot be written are reported to `log`. */
export function logStore(folder: string, log: Log, limits: WriterLimits = usual): LogStoreClient {
  return new FolderLogs(join(folder, 'logs'), log, limits);
}

class FolderLogs implements LogStoreClient {
  readonly #folder: string;
  readonly #log: Log;
  readonly #limits: WriterLimits;
  readonly #writers = new Map<string, Map<string, LogWriter>>();

  constructor(folder: string, log: Log, limits: WriterLimits) {
    this.#folder = folder;
    this.#log = log;
    this.#limits = limits;
  }

  append(run: string, stage: string, container: string, lines: readonly LogLine[]): Promise<void> {
    return this.#writer(run, this.#path(run, stage, container)).append(lines);
  }

  async flush(run?: string): Promise<void> {
    const runs = run === undefined ? [...this.#writers.values()] : [this.#writers.get(run)];
    await Promise.all(runs.flatMap((writers) => [...(writers?.values() ?? [])].map((writer) => writer.flush())));
  }

  async *read(run: string, stage: string, container: string): AsyncIterable<LogLine> {
    const path = await this.#flushed(run, stage, container);
    await using log = await openLog(path, { bytes: Number.POSITIVE_INFINITY, textBytes: this.#limits.textBytes });
    let time = '';
    if (log.cut) yield { time, text: shortening };
    for (const member of log.members) {
      const text = (await log.text(member)) ?? `${time} ${unreadable}\n`;
      for (const line of text.split('\n').slice(0, -1)) {
        const read = lineOf(line);
        time = read.time;
        yield read;
      }
    }
  }

  async files(run: string): Promise<{ stage: string; container: string; bytes: number }[]> {
    await this.flush(run);
    const folder = join(this.#folder, safe(run));
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const found = names.map((name) => ({ name, parts: /^(?<stage>.+)\.(?<container>[^.]+)\.log\.gz$/.exec(name)?.groups }));
    return await Promise.all(
      found.flatMap(({ name, parts }) =>
        parts?.stage && parts.container ? [withBytes(join(folder, name), { stage: parts.stage, container: parts.container })] : [],
      ),
    );
  }

  async text(run: string, stage: string, container: string, maxBytes: number): Promise<{ text: string; cut: boolean }> {
    return await readableEnd(await this.#flushed(run, stage, container), maxBytes);
  }

  async tail(run: string, stage: string, container: string, maxBytes: number): Promise<{ lines: readonly LogLine[]; cut: boolean }> {
    return await lastLines(await this.#flushed(run, stage, container), maxBytes);
  }

  async forget(run: string): Promise<void> {
    await this.flush(run);
    this.#writers.delete(run);
    await rm(join(this.#folder, safe(run)), { recursive: true, force: true });
  }

  async #flushed(run: string, stage: string, container: string): Promise<string> {
    const path = this.#path(run, stage, container);
    await this.#writers.get(run)?.get(path)?.flush();
    return path;
  }

  #path(run: string, stage: string, container: string): string {
    if (container.includes('.')) throw new Error(`${JSON.stringify(container)} is not a container name`);
    return join(this.#folder, safe(run), `${safe(stage)}.${safe(container)}.log.gz`);
  }

  #writer(run: string, path: string): LogWriter {
    const writers = this.#writers.get(run) ?? new Map<string, LogWriter>();
    this.#writers.set(run, writers);
    const writer =
      writers.get(path) ??
      new LogWriter(path, this.#limits, (error) => this.#log.error(`Lines of ${path} could not be saved: ${messageOf(error)}`));
    writers.set(path, writer);
    return writer;
  }
}

/** Accepts only names that stay inside their folder. */
function safe(name: string): string {
  if (!/^\w[\w.-]*$/.test(name)) throw new Error(`${JSON.stringify(name)} is not a valid name for a log file`);
  return name;
}

async function withBytes<T>(path: string, of: T): Promise<T & { bytes: number }> {
  const { textBytes } = await wholeSize(path);
  return { ...of, bytes: textBytes };
}
