import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { logStore } from '../../src/clients/log-store.ts';
import { aLab, imageStage } from './lab.ts';

const long = 120_000;
const script = process.env.COXSWAIN_CLUSTER_SCRIPT;
const lines = 500;

/** A program of the cluster is stopped, and started again after a while. */
async function outage(program: string, ms: number): Promise<void> {
  const cluster = (verb: string) => promisify(execFile)(script ?? '', [verb, program]);
  await cluster('stop');
  await new Promise((resolve) => setTimeout(resolve, ms));
  await cluster('start');
}

test('an API server that restarts in the middle of a build and again of a test loses nothing: the run passes, and its log is whole', async (t) => {
  if (!script) {
    t.log('not tried: COXSWAIN_CLUSTER_SCRIPT does not name the script that stops and starts programs of the cluster');
    return t.pass();
  }
  const count = `i=1; while [ $i -le ${lines} ]; do echo "line $i of ${lines}"; i=$((i+1)); sleep 0.08; done`;
  const counting = { name: 'test', test: { template: 'test', command: ['sh', '-c', count], values: { reader: 'plain' } } };
  const { way, pods } = await aLab(t, { name: 'outage', repositories: async () => ({ outage: [imageStage('lab/outage'), counting] }) });
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('outage-1', /\*image\* (clones|runs)/, long);
  await outage('apiserver', 1_000);
  await way.showsUp('outage-1', /\*test\* runs/, long);
  const kept = async () => (await way.record('outage-1'))?.stages[1]?.logs?.find(({ container }) => container === 'test')?.lines ?? 0;
  await way.until(async () => (await kept()) > 20);
  const during = way.showsUp('outage-1', /the cluster cannot be seen/, long);
  await outage('apiserver', 8_000);
  t.log(await during);
  const shown = await way.passes('outage-1', long);
  t.log(shown);
  t.notRegex(shown, /cannot be seen/);
  t.deepEqual(
    [...pods.made.values()].map((names) => names.size),
    [1, 1],
  );
  const logs = logStore(way.world.data, { info: () => undefined, warn: t.log, error: t.log });
  const read: string[] = [];
  for await (const { text } of logs.read('outage-1', 'test', 'test')) read.push(text);
  t.deepEqual(
    read,
    Array.from({ length: lines }, (_none, index) => `line ${index + 1} of ${lines}`),
  );
});
