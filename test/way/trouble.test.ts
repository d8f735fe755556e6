import test from 'ava';
import { aWay } from './way.ts';

const image = { name: 'image', image: { template: 'makisu', repository: 'sample/scheduler', workspace: '100Mi' } };

test('a stage that asks for more GPUs than there are says so within ten seconds and fails at its limit with that cause', async (t) => {
  const stages = [image, { name: 'test', test: { template: 'gpu-test', gpus: 4, startTimeout: '13s' } }];
  const way = await aWay(t, { config: { stages } });
  await way.start();
  await way.world.sample.commitGood();
  const waits = () =>
    way.world.kubernetes?.snapshot().namespaces.some(({ pods }) => pods.some(({ reason }) => reason === 'Unschedulable')) ?? false;
  await way.until(waits);
  const since = Date.now();
  await way.showsUp('scheduler-1', /too little free nvidia\.com\/gpu/);
  t.true(Date.now() - since < 10_000, `${Date.now() - since} ms`);
  t.regex(await way.showsUp('scheduler-1', /failed after/), /Did not start within 13 s/);
});

test('a Job whose pod a quota forbids says which quota, and fails at its limit with that cause', async (t) => {
  const stages = [image, { name: 'test', test: { template: 'test', startTimeout: '12s' } }];
  const way = await aWay(t, { pace: { stepMs: 700, testSeconds: 0 }, config: { stages } });
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /step \d\/\d/);
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none' }, spec: { hard: { pods: '0' } } };
  const url = `${way.world.kubernetes?.url}/api/v1/namespaces/cox-sandbox-scheduler-1/resourcequotas`;
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(quota), headers: { 'content-type': 'application/json' } });
  t.is(answer.status, 201);
  await way.showsUp('scheduler-1', /quota none is used up \(requests pods=1/);
  t.regex(await way.showsUp('scheduler-1', /failed after/), /Did not start within 12 s: no pod can start: quota none is used up/);
});

test('an image that cannot be pulled is named', async (t) => {
  const way = await aWay(t, {
    kubernetes: { programs: [] },
    config: { stages: [{ ...image, image: { ...image.image, startTimeout: '14s' } }] },
  });
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /clone: its image cannot be pulled/);
  t.regex(await way.showsUp('scheduler-1', /failed after/), /Did not start within 14 s/);
});

test('an API server that restarts in the middle of a run loses nothing', async (t) => {
  const way = await aWay(t, { pace: { stepMs: 700, testSeconds: 0.3 } });
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /step \d\/\d/);
  await way.world.kubernetes?.restart(1_500);
  const shown = await way.passes('scheduler-1');
  t.regex(shown, /\*test\* passed .* \d+ passed/);
});

test('a pod that its node evicts is interrupted, not failed by the commit', async (t) => {
  const way = await aWay(t, { pace: { stepMs: 1_000, testSeconds: 0 } });
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /step \d\/\d/);
  const pod = way.world.kubernetes?.snapshot().namespaces.flatMap(({ pods }) => pods)[0]?.name ?? '';
  way.world.kubernetes?.evictPod('cox-sandbox-scheduler-1', pod);
  t.regex(await way.showsUp('scheduler-1', /failed after/), /Interrupted: the node evicted its pod/);
});
