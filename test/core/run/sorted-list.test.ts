import test from 'ava';
import { SortedList } from '../../../src/core/run/sorted-list.ts';

test('whatever is put in and taken out, in whatever order, it is as if it had been sorted', (t) => {
  const list = new SortedList<number>((a, b) => a - b);
  const plain = new Set<number>();
  let seed = 7;
  for (let round = 0; round < 5_000; round += 1) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const item = seed % 200;
    if (seed % 3 === 0) t.is(list.drop(item) !== undefined, plain.delete(item));
    else {
      list.put(item);
      plain.add(item);
    }
  }
  t.deepEqual(
    list.items,
    [...plain].sort((a, b) => a - b),
  );
  for (const [place, item] of list.items.entries()) t.is(list.place(item), place);
});

test('the same item again takes its own place', (t) => {
  const list = new SortedList<{ at: number; what: string }>((a, b) => a.at - b.at);
  for (const at of [3, 1, 2]) list.put({ at, what: 'old' });
  t.is(list.put({ at: 2, what: 'new' }), 1);
  t.deepEqual(
    list.items.map(({ what }) => what),
    ['old', 'new', 'old'],
  );
});
