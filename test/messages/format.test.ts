import test from 'ava';
import { between, moment, size, utc, withMoment } from '../../src/messages/format.ts';

const says = test.macro((t, said: string, wanted: string) => t.is(said, wanted));

test('no bytes', says, size(0), '0 B');
test('bytes', says, size(999), '999 B');
test('kilobytes', says, size(1500), '1.5 kB');
test('megabytes', says, size(812_345_678), '812 MB');
test(
  'a moment is for each reader in their own time',
  says,
  moment('2026-11-24T14:00:05Z'),
  '<!date^1795528805^{date_short_pretty} {time}|2026-11-24 14:00 UTC>',
);
test('a moment that is none', says, moment('soon'), 'an unknown time');

test('no time passes between a moment and an unknown one', (t) => {
  t.is(between('2026-11-24T14:00:05Z', undefined), undefined);
  t.is(between('2026-11-24T14:00:05Z', '2026-11-24T14:00:09Z'), '4 s');
});

test('a stage takes no longer than the run that it is of, though the cluster tells whole seconds', (t) => {
  const [begun, ended] = ['2026-11-24T14:00:05.900Z', '2026-11-24T14:00:12.100Z'];
  t.is(between(begun, ended), '7 s');
  t.is(between('2026-11-24T14:00:05Z', ended), '7 s', 'the start of its pod');
});

test('a moment in a sentence is for each reader in their own time, and what only looks like one stays', (t) => {
  t.is(withMoment('over at 2026-11-24T14:00:05.123Z.', utc), 'over at 2026-11-24 14:00 UTC.');
  t.is(withMoment('over at 2026-99-99T14:00:05Z.', utc), 'over at 2026-99-99T14:00:05Z.');
});
