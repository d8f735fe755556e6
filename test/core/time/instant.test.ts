import test from 'ava';
import { byInstant, sortable } from '../../../src/core/time/instant.ts';

test('moments are compared as moments, whatever time zone and decimals they are written with', (t) => {
  const ordered = [
    '2026-01-02T01:04:05Z',
    '2026-01-02T03:04:05.000000001+02:00',
    '2026-01-01T20:34:05.1-04:30',
    '2026-01-02T01:04:05.10000001Z',
    '2026-01-02T01:04:05.999999999Z',
    '2026-01-02T00:59:06+00:00',
  ];
  t.deepEqual([...ordered.slice(5), ...ordered.slice(0, 5)].sort(byInstant), [...ordered.slice(5), ...ordered.slice(0, 5)]);
  t.deepEqual(ordered.toReversed().sort(byInstant), [...ordered.slice(5), ...ordered.slice(0, 5)]);
  t.is(byInstant('2026-01-02T03:04:05.1+02:00', '2026-01-02T01:04:05.100000000Z'), 0);
});

test('what is no moment is compared as it stands', (t) => {
  for (const text of ['', 'yesterday', '2026-13-45T99:99:99Z', '2026-01-02 03:04:05Z']) t.is(sortable(text), text);
});
