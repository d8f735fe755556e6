import type { Command } from '../src/core/command/command.ts';
import { UserError } from '../src/core/errors.ts';
import type { Cause } from '../src/core/logs.ts';
import { findRun, type KnownRuns } from '../src/core/run/find-run.ts';
import type { Run } from '../src/core/run/run.ts';
import { findStage } from '../src/core/run/stage-log.ts';
import { quoted } from '../src/core/text/quoted.ts';

export interface Logs extends KnownRuns {
  /** The last lines of a stage's log; without a stage, of the most relevant one. `total`: the number of lines, if known. */
  tail(run: Run, stage?: string, lines?: number): Promise<{ stage: string; lines: readonly string[]; total?: number; cause?: Cause }>;
}

const mostLines = 2000;

export const logs = (pipeline: Logs): Command => ({
  name: 'logs',
  usage: 'logs <run> [stage] [lines]',
  summary: 'Show the last lines of a log; without a stage, of the one that failed, else of the latest that has one.',
  examples: ['logs runner-142', 'logs runner-142 image 200'],
  access: 'anyone',
  shared: true,
  async run({ words: [word = '', ...rest] }) {
    const run = findRun(pipeline, word);
    const [stage, count] = isCount(rest[0]) ? [undefined, rest[0]] : rest;
    return { kind: 'logs', run, ...(await pipeline.tail(run, stage && findStage(run, stage).name, linesOf(count))) };
  },
});

function isCount(word: string | undefined): boolean {
  return word !== undefined && /^\d+$/.test(word);
}

function linesOf(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const lines = Number(word);
  if (Number.isInteger(lines) && lines >= 1 && lines <= mostLines) return lines;
  throw new UserError(
    `${quoted(word)} is not a valid number of lines: use 1 to ${mostLines}. The whole log of a failed stage is in the run's thread.`,
  );
}
