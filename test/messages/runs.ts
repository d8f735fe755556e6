import type { Run, RunState } from '../../src/core/run/run.ts';
import type { StageRun } from '../../src/core/run/stage-run.ts';
import type { MessageView } from '../../src/messages/view.ts';

export const view: MessageView = {
  title: 'studio-go-runner',
  url: 'https://github.com/leaf-ai/studio-go-runner',
  commitUrl: 'https://github.com/leaf-ai/studio-go-runner/commit/3f2a1bc9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f',
  pull: 'localhost:32000',
  people: { 'lin@example.com': 'U0456LIN' },
  now: new Date('2026-11-24T14:10:00Z'),
};

const waitingImage: StageRun = { name: 'image', kind: 'image', state: 'waiting' };
const waitingTest: StageRun = { name: 'gpu-test', kind: 'test', state: 'waiting' };

const queued: Run = {
  id: 'runner-142',
  uid: '0123456789abcdef0123',
  key: 'studio-go-runner/main/3f2a1bc/commit',
  repository: 'studio-go-runner',
  branch: 'main',
  commit: {
    sha: '3f2a1bc9d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f',
    subject: 'Read the queue in batches',
    author: { name: 'Grace', email: 'grace@example.com' },
  },
  cause: { kind: 'commit' },
  state: 'queued',
  stages: [waitingImage, waitingTest],
  namespace: 'cox-lab-runner-142',
  createdAt: '2026-11-24T14:00:00Z',
  revision: 1,
  delivery: { channel: '#ci', thread: [], cleaned: false },
};

/** A run as it waits for its turn, with what is different. */
export function aRun(change: Partial<Run> = {}): Run {
  return { ...queued, ...change };
}

export const building: StageRun = {
  ...waitingImage,
  state: 'started',
  phase: 'building',
  progress: { step: { n: 7, of: 19, what: 'RUN go build ./cmd/runner' }, cacheHits: 5, cacheMisses: 1 },
  startedAt: '2026-11-24T14:00:02Z',
  podStartedAt: '2026-11-24T14:00:05Z',
  logs: [{ container: 'makisu', pod: 'image-x', lines: 120, done: false }],
};

export const built: StageRun = {
  ...building,
  state: 'passed',
  progress: { step: { n: 19, of: 19, what: 'ENTRYPOINT ["runner"]' }, cacheHits: 12 },
  image: { repository: 'leafai/runner', tag: 'cox-0123456789', digest: `sha256:${'ab12'.repeat(16)}`, bytes: 812_345_678 },
  endedAt: '2026-11-24T14:04:17Z',
};

export const notBuilt: StageRun = {
  ...building,
  state: 'failed',
  endedAt: '2026-11-24T14:03:05Z',
  cause: {
    kind: 'build-step',
    title: 'Step 7/19 `RUN go build ./cmd/runner` exited with 2.',
    excerpt: ['cmd/runner/main.go:41:12: undefined: queue.Batch', 'make: *** [build] Error 2'],
    next: 'Fix cmd/runner/main.go and push, or retry if it was a temporary problem.',
  },
};

export const testing: StageRun = {
  ...waitingTest,
  state: 'started',
  phase: 'testing',
  progress: { tests: { passed: 12, failed: 1, skipped: 2, running: 'TestBatches' } },
  startedAt: '2026-11-24T14:04:20Z',
  podStartedAt: '2026-11-24T14:04:31Z',
  logs: [{ container: 'test', pod: 'test-x', lines: 40, done: false }],
};

export const tested: StageRun = {
  ...testing,
  state: 'passed',
  progress: { tests: { passed: 40, failed: 0, skipped: 2 } },
  endedAt: '2026-11-24T14:09:00Z',
};

const times = { startedAt: '2026-11-24T14:00:01Z', endedAt: '2026-11-24T14:09:01Z' };

/** One run in each state, as it can really be. */
export const inState = {
  queued: aRun({ blockedReason: 'The cluster does not answer.' }),
  running: aRun({ state: 'running', startedAt: times.startedAt, stages: [building, waitingTest] }),
  passed: aRun({ state: 'passed', ...times, stages: [built, tested] }),
  approved: aRun({ state: 'approved', ...times, stages: [built, tested] }),
  releasing: aRun({ state: 'releasing', ...times, stages: [built, tested] }),
  released: aRun({ state: 'released', ...times, stages: [built, tested] }),
  failed: aRun({
    state: 'failed',
    startedAt: times.startedAt,
    endedAt: '2026-11-24T14:03:06Z',
    reason: 'image: Step 7/19 `RUN go build ./cmd/runner` exited with 2.',
    stages: [notBuilt, { ...waitingTest, state: 'skipped' }],
  }),
  superseded: aRun({ state: 'superseded', supersededBy: 'runner-143', stages: [waitingImage, waitingTest].map(skipped) }),
  cancelled: aRun({
    state: 'cancelled',
    ...times,
    cause: { kind: 'command', by: 'U0123ADA', key: 'k1' },
    cancelledBy: 'U0123ADA',
    stages: [built, { ...testing, state: 'cancelled', endedAt: '2026-11-24T14:05:02Z' }],
  }),
  rejected: aRun({ state: 'rejected', ...times, stages: [built, tested] }),
  expired: aRun({ state: 'expired', ...times, stages: [built, tested] }),
} satisfies Record<RunState, Run>;

function skipped(stage: StageRun): StageRun {
  return { ...stage, state: 'skipped' };
}
