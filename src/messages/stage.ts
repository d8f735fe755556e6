import type { StageRun } from '../core/run/stage-run.ts';
import { externalText, named, reasonText } from './escape.ts';
import { between, moment } from './format.ts';
import { progressWords } from './progress.ts';
import { stageSign, stageWord } from './words.ts';

/** One stage as lines: first state and progress, then what it waits for, why it failed and noteworthy facts. */
function stageLines(stage: StageRun): string {
  const name = `*${named(stage.name, 60)}*`;
  const first = [
    `${stageSign[stage.state]} ${name} ${stateWords(stage)}`,
    ...attemptWords(stage),
    ...(stage.reusedFrom ? [] : progressWords(stage)),
    ...since(stage),
  ];
  return [first.join(' · '), ...detail(stage).map((line) => `↳ ${line}`)].join('\n');
}

/** Which attempt it is, from the second on. */
export function attemptWords({ attempt = 1 }: { readonly attempt?: number }): string[] {
  return attempt > 1 ? [`attempt ${attempt}`] : [];
}

function stateWords(stage: StageRun): string {
  if (stage.reusedFrom) return `passed in ${named(stage.reusedFrom, 60)}`;
  if (isUnderWay(stage)) return externalText(stage.phase ?? stageWord[stage.state], 200);
  const taken = between(stage.podStartedAt ?? stage.startedAt, stage.endedAt);
  if (taken === undefined) return stageWord[stage.state];
  return `${stageWord[stage.state]} ${stage.state === 'passed' ? 'in' : 'after'} ${taken}`;
}

function since(stage: StageRun): string[] {
  const from = stage.podStartedAt ?? stage.startedAt;
  return isUnderWay(stage) && from ? [`since ${moment(from)}`] : [];
}

function detail(stage: StageRun): string[] {
  const waitingFor =
    isUnderWay(stage) && stage.waitingFor ? [`waiting: ${reasonText(stage.waitingFor, stage.heldSince ? 1_000 : 300)}`] : [];
  const cause = stage.state === 'failed' && stage.cause ? [reasonText(stage.cause.title, 300)] : [];
  const notes = stage.reusedFrom ? [] : (stage.progress?.notes ?? []);
  return [...waitingFor, ...cause, ...notes.slice(0, 3).map((note) => externalText(note, 200))];
}

function isUnderWay(stage: StageRun): boolean {
  return stage.state === 'starting' || stage.state === 'started';
}

/** With more stages than this, several consecutive ones without news are combined into one line. */
const many = 12;
/** Maximum number of lines; even with their longest texts they stay far below what a message can hold. */
const mostLines = 24;

/** All stages of a run as lines. */
export function stagesLines(stages: readonly StageRun[]): string[] {
  const lines = stages.length > many ? groups(stages).map(groupLine) : stages.map(stageLines);
  return lines.length <= mostLines ? lines : [...lines.slice(0, mostLines - 1), `… ${lines.length - mostLines + 1} more stages`];
}

function groups(stages: readonly StageRun[]): StageRun[][] {
  const grouped: StageRun[][] = [];
  for (const stage of stages) {
    const last = grouped.at(-1);
    if (last?.[0]?.state === stage.state && !isUnderWay(stage) && stage.state !== 'failed') last.push(stage);
    else grouped.push([stage]);
  }
  return grouped;
}

function groupLine(group: readonly StageRun[]): string {
  const [first] = group;
  const last = group.at(-1);
  if (!first || !last) return '';
  if (group.length < 3) return group.map(stageLines).join('\n');
  const word = stageWord[first.state];
  return `${stageSign[first.state]} ${group.length} stages ${word}: *${named(first.name, 60)}* … *${named(last.name, 60)}*`;
}
