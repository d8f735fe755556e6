import { UserError } from '../../core/errors.ts';
import type { Cause, LogLine, Reader } from '../../core/logs.ts';
import type { Run } from '../../core/run/run.ts';
import { findStage, stageToRead } from '../../core/run/stage-log.ts';
import { logName, type StageRun } from '../../core/run/stage-run.ts';
import { stageOf } from '../../core/run/stages.ts';
import { type ReaderNamed, readerOf, readerOrPlain } from './reader-for.ts';

/** What reading logs needs from the log store. */
export interface KeptLogs {
  files(run: string): Promise<{ stage: string; container: string; bytes: number }[]>;
  /** The last lines, at most `maxBytes` in total. `cut`: there are others before them. */
  tail(run: string, stage: string, container: string, maxBytes: number): Promise<{ lines: readonly LogLine[]; cut: boolean }>;
  text(run: string, stage: string, container: string, maxBytes: number): Promise<{ text: string; cut: boolean }>;
}

/** What reading the end of a log needs. */
export interface TailPorts {
  readonly logs: KeptLogs;
  readonly readerNamed: ReaderNamed;
  readonly log: (message: string) => void;
  /** A run by its id, if it still exists. */
  readonly run: (id: string) => Run | undefined;
}

export interface LogTail {
  readonly stage: string;
  readonly lines: readonly string[];
  /** How many lines there are; absent if they are too many to count. */
  readonly total?: number;
  readonly cause?: Cause;
}

/** A file in a thread is at most this long, all containers together; of a longer log, the end is used. */
const longestFile = 8 * 1024 ** 2;
/** How much of the end of a log is read for its last lines. */
const longestTail = 2 * 1024 ** 2;

/** The last lines of a stage's log, readable: of the given stage, else of the one that failed or is in progress. @throws UserError */
export async function tailOf(ports: TailPorts, run: Run, stageName: string | undefined, lines: number): Promise<LogTail> {
  const stage = stageName === undefined ? stageToRead(run) : findStage(run, stageName);
  if (!stage) throw new UserError(`${run.id} has no stages.`);
  const owner = stage.reusedFrom ?? run.id;
  const readers = readersOf(ports, owner, stage);
  let last: readonly string[] = [];
  let room = longestTail;
  let cut = false;
  for (const container of (await containersOf(ports.logs, owner, stage)).reverse()) {
    const end = room > 0 ? await ports.logs.tail(owner, logName(stage), container, room) : { lines: [], cut: true };
    const reader = readers(container);
    last = [...end.lines.flatMap(({ text }) => reader.shown(text)), ...last];
    room -= end.lines.reduce((sum, { time, text }) => sum + time.length + text.length + 2, 0);
    cut ||= end.cut;
  }
  if (last.length === 0) throw new UserError(noLog(run, stage));
  const total = cut ? {} : { total: last.length };
  return { stage: stage.name, lines: last.slice(-lines), ...total, ...(stage.cause ? { cause: stage.cause } : {}) };
}

/** The readers that the template of the stage names for its containers; for a reused stage, those of the run in which it ran. */
function readersOf({ run, readerNamed, log }: TailPorts, owner: string, { name, objects }: StageRun): (container: string) => Reader {
  const before = run(owner);
  const ran = objects ?? (before && stageOf(before, name))?.objects;
  return (container) => readerOrPlain(readerNamed, readerOf(ran, { name: container, init: false }), log);
}

/** The whole log of a stage as one file, container after container; undefined if there is none. */
export async function logFileOf(kept: KeptLogs, run: Run, stageName: string): Promise<{ name: string; text: string } | undefined> {
  const stage = stageOf(run, stageName);
  if (!stage) return undefined;
  const containers = await containersOf(kept, run.id, stage);
  const parts: string[] = [];
  let room = longestFile;
  // The last ones first: they show how it ended.
  for (const container of containers.reverse()) {
    const { text, cut } = room > 0 ? await kept.text(run.id, logName(stage), container, room) : { text: '', cut: true };
    parts.push(`==== ${stageName}, container ${container} ====\n${cut ? '[the beginning is omitted]\n' : ''}${text}`);
    room -= text.length;
  }
  return parts.length === 0 ? undefined : { name: `${run.id}-${logName(stage)}.log`, text: parts.reverse().join('\n') };
}

/** In the order in which they ran, as far as that is known. */
async function containersOf(kept: KeptLogs, runId: string, stage: StageRun): Promise<string[]> {
  const files = (await kept.files(runId)).filter((file) => file.stage === logName(stage)).map((file) => file.container);
  const ran = (stage.logs ?? []).map((log) => log.container);
  return files.sort((a, b) => ran.indexOf(a) - ran.indexOf(b));
}

const noLogYet: Readonly<Record<StageRun['state'], string>> = {
  waiting: 'has not started',
  starting: 'is about to start',
  started: 'has printed nothing yet',
  passed: 'passed without printing anything',
  failed: 'failed before it printed anything',
  cancelled: 'was cancelled before it printed anything',
  skipped: 'was not run',
};

function noLog(run: Run, stage: StageRun): string {
  return `There is no log for stage \`${stage.name}\` of ${run.id}: it ${noLogYet[stage.state]}${stage.waitingFor ? ` (${stage.waitingFor})` : ''}.`;
}
