import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { labels } from '../../src/core/cluster.ts';
import { aWay } from './way.ts';

test('what a run has in the cluster whose file was broken goes at the next start, and nothing else', async (t) => {
  const way = await aWay(t, { pace: { stepMs: 200, testSeconds: 0 } });
  const names = () => way.world.kubernetes?.snapshot().namespaces.map(({ name }) => name) ?? [];
  const has = (name: string) => names().includes(name);
  await way.start();
  await way.world.sample.commitGood();
  await way.passes('scheduler-1');
  await way.world.sample.commitGood();
  await way.until(() => has('cox-sandbox-scheduler-2'));
  await way.world.bot.end('SIGKILL');

  const another = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: 'cox-another-app-1',
      labels: { [labels.instance]: 'another', [labels.run]: 'app-1', [labels.runUid]: 'f'.repeat(20) },
    },
  };
  const headers = { 'content-type': 'application/json' };
  await fetch(`${way.world.kubernetes?.url}/api/v1/namespaces`, { method: 'POST', body: JSON.stringify(another), headers });
  await writeFile(join(way.world.data, 'runs', 'scheduler-2.json'), '{');
  await way.start();
  const named = () => way.lines.filter((line) => line.includes('deleting namespace cox-sandbox-scheduler-2')).length;
  await way.until(() => named() > 0 && !has('cox-sandbox-scheduler-2'));
  t.is(named(), 1);
  t.true(has('cox-sandbox-scheduler-1'));
  t.true(has('cox-another-app-1'));
});
