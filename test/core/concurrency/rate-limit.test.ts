import test from 'ava';
import { PerMinute } from '../../../src/core/concurrency/rate-limit.ts';

test('each has so much room within a minute, and is told when there is some again', (t) => {
  let time = 0;
  const counts = new PerMinute(2, () => time);
  for (; time < 20_000; time += 10_000) {
    t.is(counts.wait('U1'), 0);
    counts.add('U1');
  }
  t.is(counts.wait('U1'), 40_000);
  t.is(counts.wait('U2'), 0);
  time = 59_999;
  t.is(counts.wait('U1'), 1);
  time = 60_000;
  t.is(counts.wait('U1'), 0);
});
