import { EventEmitter, once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { ClusterError, type JobView, labels } from '../../../src/core/cluster.ts';
import type { Run } from '../../../src/core/run/run.ts';
import { cleanUp } from '../../../src/pipeline/cleanup/clean-up.ts';
import { Orphans } from '../../../src/pipeline/cleanup/orphans.ts';
import { aBook, aJob, aRun, at, startedStage } from '../world.ts';

const failed = aRun(1, {
  state: 'failed',
  endedAt: at(0).toISOString(),
  stages: [startedStage({ state: 'failed', objects: [] })],
});
const mine = { [labels.runUid]: failed.uid };

/** A cluster with one namespace of the run's name. */
function aCluster(job: JobView | undefined, owner: string) {
  const deleted: string[] = [];
  const down: { error?: Error } = {};
  const cluster = {
    job: async () => job,
    deleteJob: async (namespace: string, name: string) => void deleted.push(`${namespace}/${name}`),
    async deleteNamespace(name: string, uid: string) {
      if (down.error) throw down.error;
      if (uid !== owner) throw new ClusterError('not ours', { code: 409, reason: 'AlreadyExists', retry: false });
      deleted.push(name);
    },
  };
  const forgotten: string[] = [];
  const { book } = aBook([failed]);
  const look = (seconds: number) =>
    cleanUp(
      { book, cluster, keepMs: 60_000, forget: (run) => void forgotten.push(run.id), now: () => at(seconds) },
      book.get('app-1') as Run,
    );
  return { deleted, down, forgotten, look, cleaned: () => book.get('app-1')?.delivery.cleaned };
}

test('the Jobs of a failed stage go at once, its namespace when it was kept long enough', async (t) => {
  const { deleted, forgotten, look, cleaned } = aCluster(aJob({ labels: mine }), failed.uid);
  t.is(await look(1), 59_050);
  t.deepEqual(deleted, ['cox-lab-app-1/test']);
  await look(60);
  t.deepEqual(deleted.slice(2), ['cox-lab-app-1']);
  t.true(cleaned());
  t.deepEqual(forgotten, ['app-1']);
});

test('what another run has under the same name is left alone, and the run is clean', async (t) => {
  const { deleted, look, cleaned } = aCluster(aJob({ labels: { [labels.runUid]: 'another' } }), 'another');
  await look(1);
  await look(60);
  t.deepEqual(deleted, []);
  t.true(cleaned());
});

test('what cannot be deleted at present is owed', async (t) => {
  const { look, cleaned, down } = aCluster(undefined, failed.uid);
  down.error = new ClusterError('no route', { code: 0, reason: 'Unreachable', retry: true });
  await t.throwsAsync(look(60), { message: 'no route' });
  t.false(cleaned());
  delete down.error;
  await look(61);
  t.true(cleaned());
});

const orphan = { name: 'cox-lab-app-9', runId: 'app-9', runUid: 'gone', phase: 'Active' };
const unreachable = () => Promise.reject(new Error('no route'));

/** A cluster with some namespaces, looked at beside a book that knows app-1. */
function looked(t: ExecutionContext, found: readonly { name: string; runUid?: string; phase: string }[]) {
  const { book } = aBook([aRun(1, { state: 'running' })]);
  const deleted: string[] = [];
  const lines: string[] = [];
  const heard = new EventEmitter();
  const cluster = {
    namespaces: async () => found,
    deleteNamespace: async (name: string, uid: string) => void deleted.push(`${name} ${uid}`),
  };
  const log = (line: string) => {
    lines.push(line);
    heard.emit('line');
  };
  const orphans = new Orphans({ book, cluster, log, againMs: 1 });
  t.teardown(() => orphans.stop());
  return { book, cluster, deleted, lines, orphans, nextLine: () => once(heard, 'line') };
}

test('the namespace of a run that nobody knows is deleted by its uid, and named once', async (t) => {
  const { orphans, deleted, lines } = looked(t, [orphan]);
  await orphans.begin();
  t.deepEqual(deleted, ['cox-lab-app-9 gone']);
  t.deepEqual(lines, ['deleting namespace cox-lab-app-9: its run app-9 (gone) no longer exists']);
});

test('what belongs to a known run, to no run at all, or is on its way out is left alone', async (t) => {
  const known = { name: 'cox-lab-app-1', runUid: aRun(1).uid, phase: 'Active' };
  const { orphans, deleted, lines } = looked(t, [known, { name: 'cox-lab', phase: 'Active' }, { ...orphan, phase: 'Terminating' }]);
  await orphans.begin();
  t.deepEqual([deleted, lines], [[], []]);
});

test('a run that begins while the cluster is asked keeps its namespace', async (t) => {
  const { orphans, deleted, book, cluster } = looked(t, []);
  cluster.namespaces = async () => {
    const { short, instance, channel, ...rest } = { short: 'app', instance: 'lab', channel: '#ci', ...aRun(2) };
    const { run } = await book.add({ ...rest, short, instance, channel });
    return [{ name: run.namespace, runUid: run.uid, phase: 'Active' }];
  };
  await orphans.begin();
  t.is(book.all().length, 2);
  t.deepEqual(deleted, []);
});

test('a cluster that does not answer is asked again', async (t) => {
  const { orphans, deleted, lines, cluster, nextLine } = looked(t, [orphan]);
  const answers = cluster.namespaces;
  cluster.namespaces = unreachable;
  await orphans.begin();
  t.regex(lines[0] ?? '', /no route; retrying in/);
  cluster.namespaces = answers;
  await nextLine();
  t.deepEqual(deleted, ['cox-lab-app-9 gone']);
});

test('one that cannot be deleted holds up no other, and is tried again', async (t) => {
  const { orphans, deleted, cluster, nextLine } = looked(t, [{ ...orphan, name: 'cox-lab-app-8', runUid: 'held' }, orphan]);
  const deletes = cluster.deleteNamespace;
  cluster.deleteNamespace = (name, uid) => (uid === 'held' ? unreachable() : deletes(name, uid));
  await orphans.begin();
  t.deepEqual(deleted, ['cox-lab-app-9 gone']);
  cluster.deleteNamespace = deletes;
  await nextLine();
  t.deepEqual(deleted.slice(1, 2), ['cox-lab-app-8 held']);
});

test('after its end nothing is deleted', async (t) => {
  const { orphans, deleted } = looked(t, [orphan]);
  orphans.stop();
  await orphans.begin();
  t.deepEqual(deleted, []);
});

test('where no run is known at all, as with the folder of another installation, nothing is deleted, and that is said', async (t) => {
  const { orphans, deleted, lines, book } = looked(t, [orphan]);
  for (const { id } of book.all()) await book.forget(id);
  await orphans.begin();
  t.deepEqual(deleted, []);
  t.deepEqual(lines, ['no runs are known, yet there are 1 run namespaces, such as cox-lab-app-9: leaving them alone']);
});
