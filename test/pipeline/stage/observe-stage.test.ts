import test from 'ava';
import { ClusterError, type JobView, labels, type PodView } from '../../../src/core/cluster.ts';
import type { Stage } from '../../../src/core/config.ts';
import { AccessRefused, UserError } from '../../../src/core/errors.ts';
import type { PushedImage } from '../../../src/core/logs.ts';
import type { Run } from '../../../src/core/run/run.ts';
import type { StageRun } from '../../../src/core/run/stage-run.ts';
import type { Manifests } from '../../../src/pipeline/stage/built-image.ts';
import { ClusterView } from '../../../src/pipeline/stage/cluster-view.ts';
import { observeStage, type StageReads } from '../../../src/pipeline/stage/observe-stage.ts';
import { aBook, aJob, aPod, aRun, at, imageStage, startedStage, testStage } from '../world.ts';

const unreachable = new ClusterError('no route', { code: 0, reason: 'Unreachable', retry: true });
const marks = { [labels.runUid]: aRun(1).uid, [labels.run]: 'app-1', [labels.stage]: 'test' };
const job = aJob({ namespace: 'cox-lab-app-1', labels: marks });
const pending = aPod({ namespace: 'cox-lab-app-1', labels: marks });
const complete = { ...job, conditions: [{ type: 'Complete', status: 'True' }] };

interface World {
  readonly watched: { job?: JobView; pods?: readonly PodView[] };
  readonly cluster?: Partial<StageReads>;
  readonly manifest?: Manifests['manifest'];
  readonly stage?: Stage;
  readonly record?: StageRun;
  readonly pushed?: readonly PushedImage[];
}

/** One stage that was started at second 0 and is looked at again and again. */
function aStage({
  watched,
  cluster = {},
  manifest = async () => undefined,
  stage = testStage,
  record = startedStage(),
  pushed = [],
}: World) {
  const clock = { seconds: 0 };
  const now = () => at(clock.seconds);
  const { book } = aBook([aRun(1, { state: 'running', stages: [record] })], now);
  const view = new ClusterView(() => undefined);
  if (watched.job) view.job(watched.job, false);
  for (const pod of watched.pods ?? []) view.pod(pod, false);
  const looks: StageReads = { job: async () => watched.job, podsOf: async () => watched.pods ?? [], eventsOf: async () => [], ...cluster };
  const logs = {
    follow: () => undefined,
    progress: () => ({ progress: {}, logs: [] }),
    complete: async () => undefined,
    pushed: () => pushed,
    cause: () => ({ kind: 'exit', title: 'exit', excerpt: [], next: '' }),
  };
  const deps = { book, view, cluster: looks, registry: { manifest }, logs, now };
  const run = () => book.get('app-1') as Run;
  const lookAt = (seconds: number) => {
    clock.seconds = seconds;
    return observeStage(deps, run(), run().stages[0] as StageRun, stage);
  };
  return { lookAt, run, stage: () => run().stages[0], book };
}

test('no start limit is held against a stage while the cluster cannot be asked', async (t) => {
  const fail = async () => {
    throw unreachable;
  };
  const { lookAt, run } = aStage({ watched: { job, pods: [pending] }, cluster: { job: fail, podsOf: fail } });
  await t.throwsAsync(lookAt(3_600), { message: 'no route' });
  t.is(run().state, 'running');
});

test('at the start limit the cluster itself is asked, since the watches may be behind', async (t) => {
  const running = { ...pending, node: 'n', containers: [{ name: 'test', init: false, state: 'running' as const }] };
  const { lookAt, run, stage } = aStage({ watched: { job, pods: [pending] }, cluster: { podsOf: async () => [running] } });
  await lookAt(3_600);
  t.is(run().state, 'running');
  t.is(stage()?.phase, 'runs');
  const late = aStage({ watched: { job, pods: [pending] } });
  await late.lookAt(3_600);
  t.like(late.run(), { state: 'failed' });
});

test('a stage fails at its start limit also where its events may not be read', async (t) => {
  const forbidden = new ClusterError('events is forbidden', { code: 403, reason: 'Forbidden', retry: false });
  const cluster = {
    eventsOf: async () => {
      throw forbidden;
    },
  };
  const { lookAt, run, stage } = aStage({ watched: { job }, cluster });
  await lookAt(10);
  t.is(stage()?.phase, 'waiting for its pod');
  await lookAt(601);
  t.is(run().state, 'failed');
});

test('a Job that no watch shows is asked for until it has ended', async (t) => {
  const running = { ...pending, node: 'n', containers: [{ name: 'test', init: false, state: 'running' as const }] };
  const { lookAt } = aStage({ watched: { pods: [running] }, cluster: { job: async () => job } });
  t.is(await lookAt(20), 2_000);
});

const [config, layer, other] = ['c', 'a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string, string];
const image = startedStage({ name: 'image', kind: 'image', job: 'image' });
const built = { watched: { job: { ...complete, name: 'image' } }, stage: imageStage, record: image };

test('a registry that is down for a while costs no run its image', async (t) => {
  const registry = { up: false };
  const manifest = async () => {
    if (!registry.up) throw new Error('refuses the connection');
    return { digest: 'sha256:1', bytes: 7, config, layers: [layer] };
  };
  const { lookAt, stage } = aStage({ ...built, manifest, pushed: [{ config, layers: [layer] }] });
  await lookAt(10);
  await t.throwsAsync(lookAt(11));
  await t.throwsAsync(lookAt(1_800));
  registry.up = true;
  await lookAt(1_801);
  t.like(stage(), { state: 'passed', endedAt: at(10).toISOString(), image: { repository: 'acme/app', digest: 'sha256:1', bytes: 7 } });
});

for (const [what, error, limit] of [
  ['is down for more than an hour', new Error('refuses the connection'), 3_611],
  ['does not let us in', new UserError('check the rights'), 71],
] as const) {
  test(`a registry that ${what} does not hold the branch for ever`, async (t) => {
    const manifest = async () => {
      throw error;
    };
    const { lookAt, run, stage } = aStage({ ...built, manifest });
    await lookAt(10);
    await t.throwsAsync(lookAt(limit - 2));
    await lookAt(limit);
    t.is(run().state, 'failed');
    t.like(stage()?.cause, { kind: 'registry' });
    t.regex(stage()?.cause?.title ?? '', new RegExp(error.message));
  });
}

test('a stage of a run that was cancelled meanwhile is left as it is', async (t) => {
  const { lookAt, run, book } = aStage(built);
  await book.move('app-1', 'cancelled');
  const { revision } = run();
  await lookAt(10);
  t.is(run().revision, revision);
});

const manifest = { digest: `sha256:${'d'.repeat(64)}`, bytes: 7, config, layers: [layer] };

test('the image under the tag is taken where it is the one that the builder has named', async (t) => {
  const { lookAt, stage } = aStage({ ...built, manifest: async () => manifest, pushed: [{ config, layers: [layer] }] });
  await lookAt(0);
  await lookAt(1);
  t.like(stage(), { state: 'passed', image: { repository: 'acme/app', digest: manifest.digest, bytes: 7 } });
  t.deepEqual(Object.keys(stage()?.image ?? {}).sort(), ['bytes', 'digest', 'repository', 'tag']);
});

test('the image of somebody else under the tag is waited out for a minute, and then fails the stage', async (t) => {
  const { lookAt, stage, run } = aStage({ ...built, manifest: async () => manifest, pushed: [{ config: other, layers: [layer] }] });
  await lookAt(0);
  t.is(await lookAt(1), 1_000);
  t.is(run().state, 'running');
  await lookAt(61);
  t.is(stage()?.image, undefined);
  t.regex(
    stage()?.cause?.title ?? '',
    /is not the one that this build pushed: the build pushed the configuration sha256:b{12}, but the tag/,
  );
  t.regex(stage()?.cause?.next ?? '', /Somebody else has pushed under its tag/);
});

test('a build that names no image has built none', async (t) => {
  const { lookAt, stage } = aStage({ ...built, manifest: async () => manifest });
  await lookAt(0);
  await lookAt(61);
  t.like(stage(), { state: 'failed', image: undefined });
  t.regex(
    stage()?.cause?.title ?? '',
    /the image acme\/app:\S+ cannot be verified as its own: neither its log nor its termination message/,
  );
});

test('a builder without a reader of its own names its image in its termination message', async (t) => {
  const containers = [{ name: 'kaniko', init: false, state: 'terminated' as const, exitCode: 0, message: `${manifest.digest}\n` }];
  const pods = [aPod({ namespace: 'cox-lab-app-1', labels: { ...marks, [labels.stage]: 'image' }, containers })];
  const { lookAt, stage } = aStage({ ...built, watched: { ...built.watched, pods }, manifest: async () => manifest });
  await lookAt(0);
  await lookAt(1);
  t.like(stage(), { state: 'passed', image: { digest: manifest.digest } });
});

test('what a builder has said is kept over a restart after which its pod is gone', async (t) => {
  const statements = { pushed: [{ config, layers: [layer] }], messages: [] };
  const record = { ...image, endedAt: at(0).toISOString(), statements };
  const { lookAt, stage } = aStage({ ...built, record, manifest: async () => manifest });
  await lookAt(1_000);
  t.like(stage(), { state: 'passed', image: { digest: manifest.digest } });
});

test('an image of a registry that lets nobody read is the one that its builder named, where that is configured', async (t) => {
  const refused = async () => Promise.reject(new AccessRefused('denies reading (403)'));
  const unreadable = { ...imageStage, unreadable: 'push' } as Stage;
  const pushed = [{ config, layers: [layer] }];
  const unseen = aStage({ ...built, stage: unreadable, manifest: refused, pushed });
  await unseen.lookAt(0);
  await unseen.lookAt(1);
  t.like(unseen.stage(), { state: 'passed', image: { digest: config, unseen: true } });
  const unsaid = aStage({ ...built, stage: unreadable, manifest: refused });
  await unsaid.lookAt(0);
  await unsaid.lookAt(61);
  t.regex(unsaid.stage()?.cause?.title ?? '', /cannot be verified as its own/);
  const other = aStage({ ...built, manifest: refused, pushed });
  await other.lookAt(0);
  await t.throwsAsync(other.lookAt(1), { message: /denies reading/ });
});

const failedJob = { ...job, name: 'image', conditions: [{ type: 'Failed', status: 'True' }] };
const annotations = { 'coxswain/digest': other };
const copy = startedStage({ ...image, objects: [{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'image', annotations } }] });

test('a copy whose Job failed after its image had arrived has passed, and says so', async (t) => {
  const manifest = async () => ({ digest: other, bytes: 7 });
  const { lookAt, stage } = aStage({ watched: { job: failedJob }, stage: imageStage, record: copy, manifest });
  await lookAt(10);
  t.like(stage(), { state: 'passed', image: { digest: other, bytes: 7 } });
  t.deepEqual(stage()?.progress?.notes, ['its Job failed, but the registry has exactly the tested image under this tag']);
});

test('a copy whose Job failed fails where the tag has another image, or the registry does not tell', async (t) => {
  for (const manifest of [async () => ({ digest: layer, bytes: 7 }), async () => undefined, () => Promise.reject(unreachable)]) {
    const { lookAt, stage } = aStage({ watched: { job: failedJob }, stage: imageStage, record: copy, manifest });
    await lookAt(10);
    t.like(stage(), { state: 'failed' });
  }
});

test('a build whose Job failed has failed, whatever the tag has', async (t) => {
  const manifest = async () => ({ digest: other, bytes: 7, config, layers: [layer] });
  const { lookAt, stage } = aStage({ watched: { job: failedJob }, stage: imageStage, record: image, manifest });
  await lookAt(10);
  t.like(stage(), { state: 'failed' });
});
