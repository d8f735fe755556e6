import test from 'ava';
import type { Run } from '../../src/core/run.ts';
import { ada, aWay, type Way } from '../way/way.ts';
import { allSettled, holdsFor, podsEverMade } from './audit.ts';

type Reached = (run: Run) => boolean;
const stage = (run: Run, name: string) => run.stages.find((one) => one.name === name);
const unshown: Reached = (run) => run.delivery.message?.state !== 'posted' || run.delivery.message.revision < run.revision;

/** Kills the bot at the moment at which a run is saved in that state, and starts it again. */
async function killAt(way: Way, id: string, reached: Reached): Promise<void> {
  const end = Date.now() + 40_000;
  for (;;) {
    const run = await way.record(id).catch(() => undefined);
    if (run && reached(run)) break;
    if (Date.now() > end) throw new Error(`${id} never came there; it is ${JSON.stringify(run)?.slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await way.world.bot.end('SIGKILL');
  await way.start();
}

const good: readonly (readonly [string, Reached])[] = [
  ['queued', (run) => run.state === 'queued' || run.stages[0]?.state === 'waiting'],
  ['running, the image stage rendered', (run) => stage(run, 'image')?.state === 'starting'],
  ['running, the image builds', (run) => stage(run, 'image')?.state === 'started' && stage(run, 'image')?.progress?.step !== undefined],
  ['running, the image has passed', (run) => stage(run, 'image')?.state === 'passed' && stage(run, 'test')?.state === 'waiting'],
  ['running, the test stage rendered', (run) => stage(run, 'test')?.state === 'starting'],
  ['running, the test runs', (run) => stage(run, 'test')?.state === 'started'],
  ['passed and not yet shown', (run) => run.state === 'passed' && unshown(run)],
];

for (const [name, reached] of good) {
  test(`killed when ${name}`, async (t) => {
    const way = await aWay(t, { pace: { stepMs: 100, testSeconds: 0.2 } });
    const pods = way.world.kubernetes && podsEverMade(way.world.kubernetes);
    await way.start();
    await way.world.sample.commitGood();
    await killAt(way, 'scheduler-1', reached);
    const [run, ...others] = await allSettled(way, 60_000);
    t.deepEqual(others, []);
    if (!run || !pods) return t.fail('no run');
    t.is(run.state, 'passed');
    holdsFor(t, way, run, pods);
  });
}

test('killed when failed and not yet shown', async (t) => {
  const way = await aWay(t);
  const pods = way.world.kubernetes && podsEverMade(way.world.kubernetes);
  await way.start();
  await way.world.sample.commitFailing('test');
  await killAt(way, 'scheduler-1', (run) => run.state === 'failed' && run.delivery.thread.some((item) => item.state !== 'posted'));
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
