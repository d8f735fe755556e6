import test from 'ava';
import { ClusterError, type ContainerView, labels } from '../../../src/core/cluster.ts';
import { UserError } from '../../../src/core/errors.ts';
import type { LogLine, Progress, Reader } from '../../../src/core/logs.ts';
import type { StageRun } from '../../../src/core/run/stage-run.ts';
import { RunLogs } from '../../../src/pipeline/logs/stage-logs.ts';
import { ClusterView } from '../../../src/pipeline/stage/cluster-view.ts';
import { aPod, aRun, startedStage } from '../world.ts';

const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'test', annotations: { 'coxswain/reader': 'counting' } } };
const stage = startedStage({ objects: [job] });
const run = aRun(1, { state: 'running', stages: [stage] });
const line = (text: string): LogLine => ({ time: '2026-01-01T00:00:01Z', text });
const container = (name: string): ContainerView => ({ name, init: false, state: 'terminated' });

/** Counts lines that say "pass"; of a log without one it tells nothing. */
function counting(): Reader {
  let passed = 0;
  return {
    line(text) {
      if (text === 'pass') passed += 1;
    },
    progress: (): Progress => (passed > 0 ? { tests: { passed, failed: 0, skipped: 0 } } : {}),
    shown: (text) => [text],
    cause: () => ({ kind: 'test', title: `${passed} passed`, excerpt: [], next: '' }),
  };
}

function logsOf(sources: Record<string, () => AsyncIterable<LogLine>>, names = Object.keys(sources), of: StageRun = stage) {
  const pod = aPod({ labels: { [labels.runUid]: run.uid, [labels.stage]: 'test' }, containers: names.map(container) });
  const view = new ClusterView(() => undefined);
  view.pod(pod, false);
  const logs = new RunLogs({
    now: () => new Date(),
    cluster: { followLog: ({ container: name }) => (sources[name] ?? async function* () {})() },
    logs: { append: () => undefined, async *read() {}, flush: async () => undefined },
    view,
    readerNamed: (name) => {
      if (name !== 'counting' && name !== 'plain') throw new UserError(`There is no log reader ${name}.`);
      return counting();
    },
    redaction: () => (text) => text,
    onProgress: () => undefined,
    log: () => undefined,
    quietMs: 300,
  });
  logs.follow(run, of, [pod]);
  return logs;
}

const passing = async function* () {
  yield line('pass');
};
const silent = async function* () {
  yield line('ready to accept connections');
};

test('of a pod with several containers the counts are shown, whichever of them counts', async (t) => {
  for (const order of [
    ['test', 'database', 'proxy'],
    ['database', 'test', 'proxy'],
    ['database', 'proxy', 'test'],
  ]) {
    const logs = logsOf({ test: passing, database: silent, proxy: silent }, order);
    await logs.complete(run, stage);
    t.deepEqual(logs.progress(run, stage).progress, { tests: { passed: 1, failed: 0, skipped: 0 } });
  }
});

test('a reader that there is not stops no stage', async (t) => {
  const strange = startedStage({ objects: [{ ...job, metadata: { ...job.metadata, annotations: { 'coxswain/reader': 'gotest' } } }] });
  const logs = logsOf({ test: passing }, ['test'], strange);
  await logs.complete(run, strange);
  t.is(logs.progress(run, strange).logs[0]?.lines, 1);
});

test('what was known before a restart stays, where the pod is no longer there', (t) => {
  const known = startedStage({
    objects: [job],
    progress: { cacheHits: 3 },
    logs: [{ container: 'test', pod: 'p', lines: 9, done: false }],
  });
  const logs = logsOf({}, [], known);
  t.deepEqual(logs.progress(run, known), { progress: { cacheHits: 3 }, logs: [...(known.logs ?? [])] });
});

test('a log is complete when its lines have come, however long that takes', async (t) => {
  const slow = async function* () {
    for (let lines = 0; lines < 8; lines += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      yield line('pass');
    }
  };
  const logs = logsOf({ test: slow });
  await logs.complete(run, stage);
  t.like(logs.progress(run, stage).progress, { tests: { passed: 8 } });
});

test('a log of which nothing more comes holds nothing up', async (t) => {
  const { promise } = Promise.withResolvers<void>();
  const stuck = async function* () {
    yield line('pass');
    await promise;
  };
  const logs = logsOf({ test: stuck });
  await logs.complete(run, stage);
  t.like(logs.progress(run, stage), { logs: [{ lines: 1, done: false }] });
});

test('an API server that is away in the moment in which a stage ends costs no line', async (t) => {
  const since = Date.now();
  const away = async function* () {
    if (Date.now() - since < 1_200) throw new ClusterError('refused', { code: 0, reason: 'Unreachable', retry: true });
    yield line('pass');
  };
  const logs = logsOf({ test: away });
  await logs.complete(run, stage);
  t.like(logs.progress(run, stage).progress, { tests: { passed: 1 } });
});
