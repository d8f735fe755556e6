import { fileURLToPath } from 'node:url';
import test from 'ava';
import { templateFiles } from '../../../src/clients/templates/templates-client.ts';
import { ClusterError, type ClusterEvent, type KubernetesObject, labels, type PodView } from '../../../src/core/cluster.ts';
import { UserError } from '../../../src/core/errors.ts';
import { type CollectorPorts, ensureCollector } from '../../../src/pipeline/release/collector.ts';
import { aPod, aRun, tools } from '../world.ts';

const run = aRun(1);
const templates = templateFiles(fileURLToPath(new URL('../../../manifests/jobs', import.meta.url)));
const at = { namespace: run.namespace, pod: 'collector', container: 'collector' };

/** A cluster that shows one pod as the test says, in one state after the other; the last stays. */
function aCluster(...states: readonly (Partial<PodView> | undefined)[]) {
  const left = [...states];
  const said: string[] = [];
  const made: KubernetesObject[] = [];
  const cluster = {
    pod: async () => {
      const state = left.length > 1 ? left.shift() : left[0];
      return state && aPod({ name: 'collector', labels: { [labels.runUid]: run.uid }, ...state });
    },
    async create(object: KubernetesObject) {
      said.push('create');
      made.push(object);
      return 'created' as const;
    },
    deletePod: async () => void said.push('delete'),
    eventsOf: async (): Promise<ClusterEvent[]> => [],
  };
  return { cluster, said, made };
}

/** Every look at the clock is a second later. */
function ports(cluster: CollectorPorts['cluster'], more: Partial<CollectorPorts> = {}): CollectorPorts {
  let seconds = 0;
  return {
    cluster,
    templates,
    around: { tools, pullCredentials: false },
    now: () => new Date(Date.UTC(2026, 0, 1) + seconds++ * 1_000),
    lookMs: 1,
    startLimitMs: 20_000,
    ...more,
  };
}

const container = { name: 'collector', init: false };
const running: Partial<PodView> = { phase: 'Running', startTime: '2026-01-01T00:00:00Z', containers: [{ ...container, state: 'running' }] };
const pending: Partial<PodView> = { phase: 'Pending', containers: [{ ...container, state: 'waiting' }], conditions: [] };

test('a pod that is not there is made with the labels of the run, once it runs it is used', async (t) => {
  const { cluster, said, made } = aCluster(undefined, pending, running);
  t.deepEqual(await ensureCollector(ports(cluster), run), at);
  t.deepEqual(said, ['create']);
  t.like(made[0], {
    kind: 'Pod',
    metadata: {
      name: 'collector',
      namespace: run.namespace,
      labels: { 'coxswain/instance': 'lab', 'coxswain/run': run.id, 'coxswain/run-uid': run.uid },
    },
    spec: { restartPolicy: 'Never', activeDeadlineSeconds: 3600, automountServiceAccountToken: false },
  });
});

test('a pod that runs is used as it is', async (t) => {
  const { cluster, said } = aCluster(running);
  t.deepEqual(await ensureCollector(ports(cluster), run), at);
  t.deepEqual(said, []);
});

test('a pod that has ended, or that ends before its work would, is made anew', async (t) => {
  for (const old of [{ phase: 'Succeeded' }, { phase: 'Failed' }, { ...running, startTime: '2025-12-31T23:20:00Z' }]) {
    const { cluster, said } = aCluster(old, { ...running, deletedAt: '2026-01-01T00:00:00Z' }, undefined, pending, running);
    t.deepEqual(await ensureCollector(ports(cluster), run, 1_800_000), at);
    t.deepEqual(said, ['delete', 'create']);
  }
});

test('a pod of another run is left alone', async (t) => {
  const { cluster, said } = aCluster({ ...running, labels: { [labels.runUid]: 'other' } });
  await t.throwsAsync(ensureCollector(ports(cluster), run), {
    instanceOf: UserError,
    message: /belongs to other, not to app-1\. Delete it\.$/,
  });
  t.deepEqual(said, []);
});

test('a pod that does not start is given up at the limit, with the reason and what to do', async (t) => {
  const stuck = {
    ...pending,
    containers: [{ ...container, state: 'waiting', reason: 'ErrImagePull', message: 'busybox:1.35: not found' }],
  } as const;
  const fails = async (states: readonly Partial<PodView>[], message: RegExp) => {
    await t.throwsAsync(ensureCollector(ports(aCluster(...states).cluster), run), { instanceOf: UserError, message });
  };
  await fails(
    [stuck],
    /^The pod that collects the files of the release: Did not start within 20 s: collector: its image cannot be pulled .*\. Check the name/,
  );
  await fails([pending], /Did not start within 20 s: the cluster gives no reason\. Check the events/);
  await fails([{ ...running, deletedAt: '2026-01-01T00:00:00Z' }], /the previous one has not ended/);
});

test('what an event says of a pod that waits is asked for', async (t) => {
  const { cluster } = aCluster(pending);
  const event = { type: 'Warning', reason: 'FailedAttachVolume', message: 'the disk is elsewhere', count: 1, firstAt: '', lastAt: '' };
  const told = { ...cluster, eventsOf: async () => [event] };
  await t.throwsAsync(ensureCollector(ports(told), run), { message: /a volume cannot be mounted: the disk is elsewhere/ });
});

test('a workspace that is gone is said at once', async (t) => {
  const message = '0/1 nodes are available: persistentvolumeclaim "workspace" not found.';
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
  const now = () => new Date();
  const gone = ensureCollector(ports(aCluster({ ...pending, conditions, node: '' }).cluster, { now }), run);
  await t.throwsAsync(gone, {
    instanceOf: UserError,
    message:
      'The workspace of app-1 is gone (its volume claim has been deleted), and with it the files of the release. Run the commit again.',
  });
});

test('what the cluster refuses for good is said; what may pass is left to be tried again', async (t) => {
  const refusing = (code: number, reason: string, message: string, retry = false) => ({
    ...aCluster(undefined).cluster,
    create: () => Promise.reject(new ClusterError(message, { code, reason, retry })),
  });
  const fails = (cluster: CollectorPorts['cluster']) => ensureCollector(ports(cluster), run);
  const namespace = /^The workspace of app-1 is gone \(its namespace cox-lab-app-1 has been deleted\)/;
  await t.throwsAsync(fails(refusing(404, 'NotFound', 'namespaces "x" not found')), { instanceOf: UserError, message: namespace });
  await t.throwsAsync(fails(refusing(403, 'Forbidden', 'because it is being terminated')), { instanceOf: UserError, message: namespace });
  await t.throwsAsync(fails(refusing(403, 'Forbidden', 'exceeded quota')), {
    instanceOf: UserError,
    message: 'The pod that collects the files of the release cannot be created. exceeded quota',
  });
  await t.throwsAsync(fails(refusing(503, 'ServiceUnavailable', 'later', true)), { instanceOf: ClusterError, message: 'later' });
});
