import type { ReleaseChange, ReleaseRun } from './release-run.ts';
import type { Run } from './run.ts';
import type { StageRun } from './stage-run.ts';

/**
 * The run with secrets redacted in external texts: the commit, the cluster's messages, the log reader's findings. The run's identifiers and
 * the objects to be created are left as they are. If there is nothing to redact, the same object.
 */
export function redactedRun(run: Run, redact: (text: string) => string): Run {
  const { commit, reason, blockedReason, versionProblem, notReleased, refusals, release } = run;
  const { sha, ...said } = commit;
  const clean = redacted(said, redact);
  return changed(run, {
    ...(clean === said ? {} : { commit: { ...clean, sha } }),
    ...redacted(
      {
        ...(reason && { reason }),
        ...(blockedReason && { blockedReason }),
        ...(versionProblem && { versionProblem }),
        ...(notReleased && { notReleased }),
        ...(refusals && { refusals }),
      },
      redact,
    ),
    stages: each(run.stages, (stage) => redactedStage(stage, redact)),
    ...(release && { release: redactedRelease(release, redact) }),
  });
}

/** Version and tag are kept: they are what people vote for. */
function redactedRelease(release: ReleaseRun, redact: (text: string) => string): ReleaseRun {
  const { changes, notes, problem, doubt, rejected, frozenBy, github, images } = release;
  const { cause, why } = github ?? {};
  const told = github && changed(github, redacted({ ...(cause && { cause }), ...(why && { why }) }, redact));
  return changed(release, {
    ...redacted({ ...(notes && { notes }), ...(problem && { problem }), ...(doubt && { doubt }) }, redact),
    ...(rejected && { rejected: changed(rejected, { reason: redact(rejected.reason) }) }),
    ...(frozenBy && { frozenBy: changed(frozenBy, { reason: redact(frozenBy.reason) }) }),
    ...(changes && { changes: each(changes, (change) => redactedChange(change, redact)) }),
    ...(images && { images: each(images, (image) => redactedStage(image, redact)) }),
    ...(told && { github: told }),
  });
}

function redactedChange(change: ReleaseChange, redact: (text: string) => string): ReleaseChange {
  const { sha: _, ...said } = change;
  return changed(change, redacted(said, redact));
}

function redactedStage(stage: StageRun, redact: (text: string) => string): StageRun {
  const { phase, waitingFor, progress, cause } = stage;
  const said = { ...(phase && { phase }), ...(waitingFor && { waitingFor }), ...(progress && { progress }), ...(cause && { cause }) };
  return changed(stage, redacted(said, redact));
}

/** The same value with every string in it redacted; the same object if none changes. */
function redacted<T>(value: T, redact: (text: string) => string): T {
  if (typeof value === 'string') return redact(value) as T;
  if (Array.isArray(value)) return each(value, (item) => redacted(item, redact)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const after = Object.entries(value).map(([key, item]) => [key, redacted(item, redact)]);
  return changed(value as T & object, Object.fromEntries(after));
}

function each<T>(items: readonly T[], change: (item: T) => T): readonly T[] {
  const after = items.map(change);
  return after.every((item, index) => item === items[index]) ? items : after;
}

function changed<T extends object>(before: T, change: Partial<T>): T {
  const same = Object.entries(change).every(([key, value]) => before[key as keyof T] === value);
  return same ? before : { ...before, ...change };
}
