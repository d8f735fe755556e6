import test, { type ExecutionContext } from 'ava';
import { logStore } from '../../src/clients/log-store/log-store-client.ts';
import type { Way } from '../way/way.ts';
import { aLab, imageStage, type Lab } from './lab.ts';
import { outage, script } from './outages.ts';

const long = 120_000;
const lines = 400;

/** The bot, and repositories whose test prints numbered lines for half a minute. */
async function aCountingLab(t: ExecutionContext, name: string, ids: readonly string[]): Promise<Lab> {
  const count = `i=1; while [ $i -le ${lines} ]; do echo "line $i of ${lines}"; i=$((i+1)); sleep 0.08; done`;
  const counting = { name: 'test', test: { template: 'test', command: ['sh', '-c', count], values: { reader: 'plain' } } };
  const stages = (id: string) => [imageStage(`lab/${name}-${id}`), counting];
  const lab = await aLab(t, { name, repositories: async () => Object.fromEntries(ids.map((id) => [id, stages(id)])) });
  await lab.way.start();
  await lab.way.world.sample.commitGood();
  return lab;
}

/** Waits until the test of a run has printed so much that its log is followed. */
async function counts(way: Way, run: string): Promise<void> {
  const kept = async () => (await way.record(run))?.stages[1]?.logs?.find(({ container }) => container === 'test')?.lines ?? 0;
  await way.until(async () => (await kept()) > 20, long);
}

async function hasWholeLog(t: ExecutionContext, way: Way, run: string): Promise<void> {
  const logs = logStore(way.world.data, { info: () => undefined, warn: t.log, error: t.log });
  const read: string[] = [];
  for await (const { text } of logs.read(run, 'test', 'test')) read.push(text);
  const whole = Array.from({ length: lines }, (_none, index) => `line ${index + 1} of ${lines}`);
  t.deepEqual(read, whole);
}

/** A test that needs to stop programs of the cluster. */
function withScript(title: string, run: (t: ExecutionContext) => Promise<void>): void {
  if (script) test.serial(title, run);
  else test.skip(`${title} (COXSWAIN_CLUSTER_SCRIPT does not name the script that stops and starts programs of the cluster)`, run);
}

withScript(
  'an API server that restarts in the middle of a build and again of a test loses nothing: the run passes, its log is whole',
  async (t) => {
    const { way, pods } = await aCountingLab(t, 'api', ['app']);
    await way.until(async () => (await way.record('app-1'))?.stages[0]?.state === 'started', long);
    await outage('apiserver', 1_000);
    await counts(way, 'app-1');
    const during = way.showsUp('app-1', /⚠ the cluster is unreachable/, long);
    await outage('apiserver', 8_000);
    t.log(await during);
    t.notRegex(await way.passes('app-1', long), /is unreachable/);
    t.deepEqual(
      [...pods.made.values()].map((names) => names.size),
      [1, 1],
    );
    await hasWholeLog(t, way, 'app-1');
  },
);

withScript('a kubelet that restarts in the middle of tests loses nothing: the runs pass, their logs are whole', async (t) => {
  const ids = ['one', 'two', 'three', 'four'];
  const { way } = await aCountingLab(t, 'kubelet', ids);
  for (const id of ids) await counts(way, `${id}-1`);
  await outage('kubelet', 5_000);
  for (const id of ids) await way.passes(`${id}-1`, long);
  for (const id of ids) await hasWholeLog(t, way, `${id}-1`);
});
