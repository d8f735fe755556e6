import test from 'ava';
import type { PodView } from '../../../src/core/cluster.ts';
import { ClusterView, type Watches } from '../../../src/pipeline/stage/cluster-view.ts';
import { aPod, aRun, startedStage } from '../world.ts';

const run = aRun(1);
const stage = startedStage();
const labels = { 'coxswain/run': run.id, 'coxswain/run-uid': run.uid, 'coxswain/stage': 'test' };
const pod = (uid: string, over: Partial<PodView> = {}) =>
  aPod({ uid, namespace: run.namespace, labels: { ...labels, 'batch.kubernetes.io/job-name': 'test' }, ...over });

function seen(...pods: PodView[]): string[] {
  const view = new ClusterView(() => undefined);
  for (const one of pods) view.pod(one, false);
  return view.podsOf(run, stage).map(({ uid }) => uid);
}

test('the pods of a stage are those of its Job in its run’s namespace, oldest first', (t) => {
  const later = pod('late', { createdAt: '2026-01-02T00:00:00Z' });
  t.deepEqual(seen(later, pod('early')), ['early', 'late']);
});

test('a pod elsewhere that carries our labels is not taken for ours', (t) => {
  t.deepEqual(seen(pod('foreign', { namespace: 'default' })), []);
});

test('a pod of something else that the template has made is not the Job’s', (t) => {
  t.deepEqual(
    seen(pod('own', { labels: { ...labels, 'job-name': 'test' } }), pod('other', { labels: { ...labels, 'job-name': 'other' } })),
    ['own'],
  );
});

test('what is gone is no longer seen, and a run that is cleaned up is forgotten', (t) => {
  const view = new ClusterView(() => undefined);
  view.pod(pod('a'), false);
  view.pod(pod('b'), false);
  view.pod(pod('a'), true);
  t.deepEqual(
    view.podsOf(run, stage).map(({ uid }) => uid),
    ['b'],
  );
  view.forget(run);
  t.deepEqual(view.podsOf(run, stage), []);
});

test('a view is complete when all that is there was told, and says why it cannot see', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const troubles: (string | undefined)[] = [];
  let trouble = (_message: string | undefined): void => undefined;
  const view = new ClusterView(() => undefined);
  const watches: Watches = {
    watch(on) {
      trouble = on.trouble;
      return { synced: promise, stop: () => undefined };
    },
  };
  const complete = view.watch(watches, (message) => void troubles.push(message));
  t.deepEqual([view.isComplete, view.trouble], [false, 'has not been seen yet']);
  resolve();
  await complete;
  t.deepEqual([view.isComplete, view.trouble], [true, undefined]);
  trouble('no route');
  t.deepEqual([view.trouble, troubles], ['no route', ['no route']]);
});
