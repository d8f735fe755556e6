import type { JobView, PodView } from '../../src/core/cluster.ts';
import type { ImageStage, Repository, TestStage, Tools } from '../../src/core/config.ts';
import type { Run } from '../../src/core/run/run.ts';
import { RunBook } from '../../src/core/run/run-book.ts';
import type { StageRun } from '../../src/core/run/stage-run.ts';
import type { TemplateSource } from '../../src/core/template-source.ts';

export const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

const stageBasics = { template: 'test', timeout: 60_000, startTimeout: 600_000, workspace: '1Gi', values: {} };
export const imageStage: ImageStage = {
  ...stageBasics,
  kind: 'image',
  name: 'image',
  template: 'makisu',
  dockerfile: 'Dockerfile',
  context: '.',
  repository: 'acme/app',
};
export const testStage: TestStage = { ...stageBasics, kind: 'test', name: 'test', gpus: 0, command: [] };

export const tools: Tools = {
  git: 'docker.io/alpine/git:v1',
  busybox: 'docker.io/library/busybox:1.35',
  makisu: 'gcr.io/uber-container-tools/makisu-alpine:v1',
  skopeo: 'quay.io/skopeo/stable:v1',
  redis: 'docker.io/library/redis:7',
};

/** A repository without a release, whose one stage builds an image. */
export const buildsImage: Repository = {
  name: 'app',
  short: 'app',
  git: 'https://git.example.com/app.git',
  clone: 'https://git.example.com/app.git',
  branches: ['main'],
  channel: '#ci',
  stages: [imageStage],
};

/** A template that uses no partials. */
export const templateOf = (text: string): TemplateSource => ({ name: 'mine', text, partials: [] });

export function aRun(number: number, over: Partial<Run> = {}): Run {
  const id = `app-${number}`;
  const sha = String(number % 10).repeat(40);
  return {
    id,
    uid: String(number).padStart(20, '0'),
    key: `app main ${sha} commit ${number}`,
    repository: 'app',
    branch: 'main',
    commit: { sha },
    cause: { kind: 'commit' },
    state: 'queued',
    stages: [
      { name: 'image', kind: 'image', state: 'waiting' },
      { name: 'test', kind: 'test', state: 'waiting' },
    ],
    namespace: `cox-lab-${id}`,
    createdAt: at(number).toISOString(),
    revision: 1,
    delivery: { channel: '#ci', thread: [], cleaned: false },
    ...over,
  };
}

export function startedStage(over: Partial<StageRun> = {}): StageRun {
  return { name: 'test', kind: 'test', state: 'started', job: 'test', jobUid: 'job-1', startedAt: at(0).toISOString(), ...over };
}

export function aJob(over: Partial<JobView> = {}): JobView {
  return {
    namespace: 'ns',
    name: 'test',
    uid: 'job-1',
    labels: {},
    createdAt: at(0).toISOString(),
    active: 1,
    succeeded: 0,
    failed: 0,
    conditions: [],
    ...over,
  };
}

export function aPod(over: Partial<PodView> = {}): PodView {
  return {
    namespace: 'ns',
    name: 'test-x',
    uid: 'pod-1',
    labels: {},
    createdAt: at(0).toISOString(),
    phase: 'Pending',
    conditions: [],
    containers: [],
    ...over,
  };
}

/** A book that keeps what it saves in memory. */
export function aBook(
  runs: readonly Run[] = [],
  now: () => Date = () => at(1000),
): { book: RunBook; saved: Map<string, Run>; failSaves: (fail: boolean) => void } {
  const saved = new Map(runs.map((run) => [run.id, run]));
  let number = runs.length;
  let fails = false;
  const saves = {
    saveRun: async (run: Run) => {
      if (fails) throw new Error('disk full');
      saved.set(run.id, run);
    },
    nextNumber: async () => ++number,
  };
  const failSaves = (fail: boolean) => {
    fails = fail;
  };
  const book = new RunBook({ saves, runs, now, uid: () => 'f'.repeat(20), log: () => undefined });
  return { book, saved, failSaves };
}
