import { heldBecause } from '../core/run/release-parts.ts';
import type { ReleaseRun } from '../core/run/release-run.ts';
import { type Run, shortSha } from '../core/run/run.ts';
import { allStages } from '../core/run/stages.ts';
import { buttons, context, type Message, paragraphs, section } from './blocks.ts';
import { code, externalText, named, reasonText } from './escape.ts';
import { between } from './format.ts';
import { author, link, person, startedBy } from './people.ts';
import { releaseLines } from './release.ts';
import { runButtons } from './run-buttons.ts';
import { stagesLines } from './stage.ts';
import { versionWords } from './version.ts';
import type { MessageView } from './view.ts';
import { sentence, sign, stageSign } from './words.ts';

/** A run's single message: its state, what each stage does, and the buttons that apply. */
export function runMessage(run: Run, view: MessageView): Message {
  const remarks = remarkLines(run);
  return {
    text: runSentence(run, view),
    blocks: [
      section(`${sign[run.state]} *${named(run.id, 100)}* ${runState(run)}\n${changeLine(run, view)}`),
      context(originWords(run)),
      ...paragraphs(stagesLines(run.stages)),
      ...paragraphs(releaseLines(run, view)),
      ...(remarks.length > 0 ? [section(remarks.join('\n'))] : []),
      ...buttons(runButtons(run, view)),
    ],
  };
}

/** A full sentence for notifications: `runner-142 failed in image (…): studio-go-runner main 3f2a1bc “Add a thing”.` */
export function runSentence(run: Run, view: MessageView): string {
  const { subject } = run.commit;
  const what = [named(view.title, 100), named(run.branch, 300), shortSha(run.commit), subject ? `“${externalText(subject, 150)}”` : ''];
  return `${named(run.id, 100)} ${runState(run)}${causeWords(run)}: ${what.filter(Boolean).join(' ')}.`;
}

/** The run's state as a predicate following its id: `passed in 9 min`. */
export function runState(run: Run): string {
  const ofRelease = run.release?.openedAt ? releaseState(run, run.release) : undefined;
  if (ofRelease) return ofRelease;
  const taken = run.state === 'passed' || run.state === 'failed' ? between(run.startedAt, run.endedAt) : undefined;
  if (taken) return `${sentence[run.state]} ${run.state === 'passed' ? 'in' : 'after'} ${taken}`;
  if (run.state === 'queued' && run.queuedBehind) return `${sentence.queued} behind ${named(run.queuedBehind, 100)}`;
  if (run.state === 'superseded' && run.supersededBy) return `was superseded by ${named(run.supersededBy, 100)}`;
  if (run.state === 'cancelled' && run.cancelledBy) return `was cancelled by ${person(run.cancelledBy)}`;
  return sentence[run.state];
}

/** The wording for a run in its release phase; undefined if there is none of its own. */
function releaseState(run: Run, { tag, problem, frozenBy, rejected, approvedAt }: ReleaseRun): string | undefined {
  const name = named(tag, 150);
  if (run.state === 'passed') return problem === undefined ? `passed, awaiting approval as ${name}` : 'passed but cannot be released';
  const held = frozenBy ? ', on hold by a freeze' : heldBecause(run) === undefined ? '' : ', on hold';
  if (run.state === 'approved') return `is approved as ${name}${held}`;
  if (run.state === 'releasing' || run.state === 'released') return `${sentence[run.state]} as ${name}${held}`;
  if (run.state === 'failed' && approvedAt) return `failed while being released as ${name}`;
  return run.state === 'rejected' && rejected ? `was rejected by ${person(rejected.by)}` : undefined;
}

function causeWords(run: Run): string {
  const failed = allStages(run).find(({ state }) => state === 'failed');
  if (run.state !== 'failed' || !failed) return '';
  return ` in ${named(failed.name, 60)}${failed.cause ? ` (${reasonText(failed.cause.title, 300)})` : ''}`;
}

function changeLine(run: Run, view: MessageView): string {
  const title = link(named(view.title, 100), view.url);
  const commit = link(shortSha(run.commit), view.commitUrl);
  return [title, code(run.branch, 300), [commit, externalText(run.commit.subject ?? '', 200)].join(' ').trim()].filter(Boolean).join(' · ');
}

function originWords(run: Run): string {
  const by = author(run.commit);
  const version = run.version === undefined ? [] : [versionWords(run.version)];
  const below = run.coversEarlierCommits ? ['includes earlier commits that had no run'] : [];
  return [...(by ? [`by ${by}`] : []), startedBy(run.cause, run.retryOf), ...below, ...version].join(' · ');
}

/** What belongs to no single stage: why the run ended if no stage shows it, and what blocks it. */
function remarkLines(run: Run): string[] {
  const byStage = allStages(run).some(({ cause }) => cause && run.reason?.includes(cause.title));
  const byRelease = run.release?.openedAt !== undefined && (run.state === 'rejected' || run.state === 'expired');
  const byState = run.cancelledBy !== undefined || run.supersededBy !== undefined || byRelease;
  const reason = run.reason && !byStage && !byState ? [reasonText(run.reason, 600)] : [];
  const commit = run.commit.problem ? [`⚠ ${externalText(run.commit.problem, 600)}`] : [];
  const version = run.versionProblem ? [`⚠ ${reasonText(run.versionProblem, 400)}`] : [];
  const release = run.notReleased ? [`${stageSign.skipped} no release: ${externalText(run.notReleased, 600)}`] : [];
  const refused = [...(run.delivery.refused ? [run.delivery.refused.why] : []), ...Object.values(run.refusals ?? {}).slice(0, 5)];
  const refusals = refused.map((why) => `⚠ ${reasonText(why, 400)}`);
  return [
    ...reason,
    ...commit,
    ...version,
    ...release,
    ...refusals,
    ...(run.blockedReason ? [`⚠ ${reasonText(run.blockedReason, 400)}`] : []),
  ];
}
