import test from 'ava';
import { ada, aWay } from '../way/way.ts';
import { allSettled, holdsFor, podsEverMade } from './audit.ts';
import { failedUnshown, killAt, killIn, statesOfPassing } from './kill-at.ts';

for (const [name, reached] of statesOfPassing) {
  test(`killed when ${name}`, async (t) => {
    const way = await aWay(t, { pace: { stepMs: 100, testSeconds: 0.2 } });
    const pods = way.world.kubernetes && podsEverMade(way.world.kubernetes);
    await way.start();
    await killIn(way, reached, () => way.world.sample.commitGood());
    for (const run of await allSettled(way, 60_000)) {
      t.is(run.state, 'passed');
      if (pods) holdsFor(t, way, run, pods);
    }
  });
}

test('killed when failed and not yet shown', async (t) => {
  const way = await aWay(t);
  const pods = way.world.kubernetes && podsEverMade(way.world.kubernetes);
  await way.start();
  await killIn(way, failedUnshown, () => way.world.sample.commitFailing('test'));
  const [run] = await allSettled(way, 60_000);
  if (!run || !pods) return t.fail('no run');
  t.is(run.state, 'failed');
  holdsFor(t, way, run, pods);
});

test('killed when cancelled and not yet shown', async (t) => {
  const way = await aWay(t, { pace: { stepMs: 500, testSeconds: 0 } });
  const pods = way.world.kubernetes && podsEverMade(way.world.kubernetes);
  await way.start();
  await way.world.sample.commitGood();
  await way.until(async () => (await way.record('scheduler-1'))?.stages[0]?.progress?.step !== undefined);
  const pressed = way.slack.type(ada, '#ci', '/cox cancel scheduler-1');
  await killAt(way, 'scheduler-1', (run) => run.state === 'cancelled');
  await pressed;
  const [run] = await allSettled(way, 60_000);
  if (!run || !pods) return t.fail('no run');
  t.is(run.state, 'cancelled');
  holdsFor(t, way, run, pods);
  await way.until(() => (way.world.kubernetes?.snapshot().namespaces ?? []).every(({ jobs }) => jobs.length === 0));
});

test('killed when superseded and not yet shown', async (t) => {
  const way = await aWay(t, { pace: { stepMs: 700, testSeconds: 0 } });
  const pods = way.world.kubernetes && podsEverMade(way.world.kubernetes);
  await way.start();
  for (const id of ['scheduler-1', 'scheduler-2', 'scheduler-3']) {
    await way.world.sample.commitGood();
    if (id !== 'scheduler-3') await way.until(async () => (await way.record(id)) !== undefined);
  }
  await killAt(way, 'scheduler-2', (run) => run.state === 'superseded');
  const runs = await allSettled(way, 60_000);
  if (!pods) return t.fail('no stand-in');
  t.deepEqual(runs.map((run) => `${run.id} ${run.state}`).sort(), ['scheduler-1 passed', 'scheduler-2 superseded', 'scheduler-3 passed']);
  for (const run of runs) holdsFor(t, way, run, pods);
});
