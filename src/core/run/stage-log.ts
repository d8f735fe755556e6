import { UserError } from '../errors.ts';
import { didYouMean } from '../text/nearest.ts';
import { quoted } from '../text/quoted.ts';
import type { Run } from './run.ts';
import type { StageRun } from './stage-run.ts';
import { allStages, stageOf } from './stages.ts';

/** Whether the stage has produced output in this run. */
export function hasLog({ logs = [] }: StageRun): boolean {
  return logs.some(({ lines }) => lines > 0);
}

/** The stage with the most relevant log: the failed one, else the latest with a log, else the latest that began. Undefined: no stages. */
export function stageToRead(run: Run): StageRun | undefined {
  const stages = allStages(run);
  return (
    stages.find(({ state }) => state === 'failed') ??
    stages.findLast(hasLog) ??
    stages.findLast(({ state }) => state !== 'waiting' && state !== 'skipped') ??
    stages[0]
  );
}

/** The stage of that name, case-insensitively. @throws UserError that names the most similar ones, and all of them */
export function findStage(run: Run, word: string): StageRun {
  const stages = allStages(run);
  const found = stageOf(run, word) ?? stages.find(({ name }) => name.toLowerCase() === word.toLowerCase());
  if (found) return found;
  const names = stages.map(({ name }) => name);
  throw new UserError(
    `${run.id} has no stage ${quoted(word)}.${didYouMean(word, names)} It has ${names.map((name) => `\`${name}\``).join(', ')}.`,
  );
}
