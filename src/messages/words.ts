import type { RunState } from '../core/run/run.ts';
import type { StageState } from '../core/run/stage-run.ts';

/** The run's state as a predicate following its id. */
export const sentence = {
  queued: 'is waiting for its turn',
  running: 'is running',
  passed: 'passed',
  approved: 'is approved',
  releasing: 'is being released',
  released: 'is released',
  failed: 'failed',
  superseded: 'was superseded',
  cancelled: 'was cancelled',
  rejected: 'was rejected',
  expired: 'expired without a decision',
} as const satisfies Record<RunState, string>;

/** Symbols next to the words; they differ in shape, so that they can be told apart without colour. */
export const sign = {
  queued: '○',
  running: '◐',
  passed: '✓',
  approved: '✓',
  releasing: '◐',
  released: '★',
  failed: '✗',
  superseded: '»',
  cancelled: '⊘',
  rejected: '✗',
  expired: '∅',
} as const satisfies Record<RunState, string>;

export const stageSign = {
  waiting: '○',
  starting: '◔',
  started: '◐',
  passed: '✓',
  failed: '✗',
  cancelled: '⊘',
  skipped: '–',
} as const satisfies Record<StageState, string>;

export const stageWord = {
  waiting: 'waiting',
  starting: 'starting',
  started: 'running',
  passed: 'passed',
  failed: 'failed',
  cancelled: 'cancelled',
  skipped: 'not run',
} as const satisfies Record<StageState, string>;
