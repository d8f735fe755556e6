import test from 'ava';
import { durationOf, durationText } from '../../src/config/durations.ts';

test('hours, minutes and seconds stand in this order, each at most once', (t) => {
  t.deepEqual(['90s', '45m', '2h', '1h30m', '1h0m1s'].map(durationOf), [90_000, 2_700_000, 7_200_000, 5_400_000, 3_601_000]);
  t.deepEqual(
    ['', '45', '1d', '30m1h', '1.5h', '-1m', '0s', '0h0m', '9000h', ' 1m'].map(durationOf),
    Array.from({ length: 10 }, () => undefined),
  );
});

test('a duration is written as it is read', (t) => {
  for (const text of ['90m', '1h30m', '45s', '2h', '1h1s']) t.is(durationOf(durationText(durationOf(text) ?? 0)), durationOf(text));
  t.is(durationText(5_400_000), '1h30m');
  t.is(durationText(400), '0s');
});
