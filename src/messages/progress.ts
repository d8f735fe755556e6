import type { Progress, TestCounts } from '../core/logs.ts';
import type { BuiltImage, StageRun, StageState } from '../core/run/stage-run.ts';
import { code, named } from './escape.ts';
import { count, size } from './format.ts';

/** A stage's progress so far, as short pieces of text. */
export function progressWords(stage: StageRun): string[] {
  const { progress = {}, image } = stage;
  const live = stage.state === 'started';
  return [
    ...stepWords(progress, stage.state),
    ...(progress.cacheHits ? [count(progress.cacheHits, 'cache hit')] : []),
    ...(live && progress.pushing ? ['pushing'] : []),
    ...(progress.tests ? testWords(progress.tests, live) : []),
    ...imageWords(image, progress.imageBytes),
  ];
}

function stepWords({ step }: Progress, state: StageState): string[] {
  if (!step) return [];
  if (state === 'passed') return [count(step.of, 'step')];
  const what = state === 'started' ? code(step.what, 60) : '';
  return [[`step ${step.n}/${step.of}`, what].filter(Boolean).join(' ')];
}

function testWords({ passed, failed, skipped, running }: TestCounts, live: boolean): string[] {
  const counts = `tests ${passed} passed, ${failed} failed, ${skipped} skipped`;
  return live && running ? [counts, `now ${named(running, 80)}`] : [counts];
}

function imageWords(image: BuiltImage | undefined, bytesOfLog: number | undefined): string[] {
  const bytes = image?.bytes ?? bytesOfLog;
  return [...(bytes === undefined ? [] : [size(bytes)]), ...(image ? [code(shortDigest(image.digest), 40)] : [])];
}

/** The first twelve digits of a digest, as in container tools. */
function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}
