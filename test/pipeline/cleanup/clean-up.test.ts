import test from 'ava';
import { ClusterError, type JobView, labels } from '../../../src/core/cluster.ts';
import type { Run } from '../../../src/core/run/run.ts';
import { cleanUp } from '../../../src/pipeline/cleanup/clean-up.ts';
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
