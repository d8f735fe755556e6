import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import type { LogLine } from '../core/logs.ts';
import type { Log } from './log.ts';
import { LogWriter, type WriterLimits } from './log-store/log-writer.ts';
import { openLog } from './log-store/members.ts';
import { readableEnd, unreadable } from './log-store/readable.ts';

/** The logs of all runs: `logs/<run>/<stage>.<container>.log.gz`, readable by zcat. Lines are redacted before they come here. */
export interface LogStore {
  /**
   * Of one log the newest 8 to 16 MiB (compressed) are kept: whoever may push could fill the disk otherwise, on which the runs lie too.
   * Buffers; the promise makes a fast caller wait where the disk is behind. Lines that come all the same are counted and said in the log. */
  append(run: string, stage: string, container: string, lines: readonly LogLine[]): Promise<void>;
  /** Resolves when what was appended (to one run, or to all) is in the files. */
  flush(run?: string): Promise<void>;
  /** All lines, those that are still buffered too. */
  read(run: string, stage: string, container: string): AsyncIterable<LogLine>;
  /** `bytes`: length of the text. */
  files(run: string): Promise<{ stage: string; container: string; bytes: number }[]>;
  /** The log as people read it; where it is longer than `maxBytes` its end. */
  text(run: string, stage: string, container: string, maxBytes: number): Promise<{ text: string; cut: boolean }>;
  forget(run: string): Promise<void>;
}

const usual: WriterLimits = {
  quietMs: 1_000,
  longestMs: 5_000,
  slowBytes: 4 * 1024 ** 2,
  mostBytes: 32 * 1024 ** 2,
  fileBytes: 16 * 1024 ** 2,
};

/** `log` hears of files that cannot be written. */
export function logStore(folder: string, log: Log, limits: WriterLimits = usual): LogStore {
  return new FolderLogs(join(folder, 'logs'), log, limits);
}

class FolderLogs implements LogStore {
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
    const path = this.#path(run, stage, container);
    await this.#writers.get(run)?.get(path)?.flush();
    await using log = await openLog(path);
    let time = '';
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
    const path = this.#path(run, stage, container);
    await this.#writers.get(run)?.get(path)?.flush();
    return await readableEnd(path, maxBytes);
  }

  async forget(run: string): Promise<void> {
    await this.flush(run);
    this.#writers.delete(run);
    await rm(join(this.#folder, safe(run)), { recursive: true, force: true });
  }

  #path(run: string, stage: string, container: string): string {
    if (container.includes('.')) throw new Error(`${JSON.stringify(container)} is no name of a container`);
    return join(this.#folder, safe(run), `${safe(stage)}.${safe(container)}.log.gz`);
  }

  #writer(run: string, path: string): LogWriter {
    const writers = this.#writers.get(run) ?? new Map<string, LogWriter>();
    this.#writers.set(run, writers);
    const writer =
      writers.get(path) ??
      new LogWriter(path, this.#limits, (error) => this.#log.error(`Lines of ${path} could not be kept: ${messageOf(error)}`));
    writers.set(path, writer);
    return writer;
  }
}

/** Only names that stay inside their folder. */
function safe(name: string): string {
  if (!/^\w[\w.-]*$/.test(name)) throw new Error(`${JSON.stringify(name)} cannot name a file of logs`);
  return name;
}

function lineOf(line: string): LogLine {
  const blank = line.indexOf(' ');
  return { time: line.slice(0, blank), text: line.slice(blank + 1) };
}

async function withBytes<T>(path: string, of: T): Promise<T & { bytes: number }> {
  await using log = await openLog(path);
  return { ...of, bytes: log.members.reduce((sum, member) => sum + member.textBytes, 0) };
}
