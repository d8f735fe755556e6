import test from 'ava';
import { Reachability } from '../../../../src/clients/cluster/transport/reachability.ts';

function told(wait: number) {
  const said: (string | undefined)[] = [];
  let heard = () => {};
  const reachability = new Reachability((message) => {
    said.push(message);
    heard();
  }, wait);
  return {
    reachability,
    said,
    next: () =>
      new Promise<void>((resolve) => {
        heard = resolve;
      }),
  };
}

test('a moment of trouble is not said', (t) => {
  const { reachability, said } = told(60_000);
  reachability.down('Jobs', 'reset');
  reachability.up('Jobs');
  t.deepEqual(said, []);
});

test('trouble that lasts is said once, and its end when every source is up again', async (t) => {
  const { reachability, said, next } = told(20);
  const saidIt = next();
  reachability.down('Jobs', 'refused');
  reachability.down('pods', 'refused too');
  await saidIt;
  reachability.down('Jobs', 'refused');
  reachability.up('Jobs');
  reachability.up('pods');
  reachability.up('pods');
  t.deepEqual(said, ['refused', undefined]);
});

test('another cause of the same trouble is said', async (t) => {
  const { reachability, said, next } = told(1);
  const saidIt = next();
  reachability.down('Jobs', 'refused');
  await saidIt;
  reachability.down('Jobs', 'forbidden');
  t.deepEqual(said, ['refused', 'forbidden']);
});
