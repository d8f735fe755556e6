import test from 'ava';
import { advance, resumption } from '../../../src/pipeline/logs/resume.ts';

test('after a resume the known lines of the same second are dropped and the next ones kept', (t) => {
  const seen = resumption({ time: '2026-01-01T00:00:01.5Z', count: 1 });
  t.deepEqual(['2026-01-01T00:00:01.123Z', '2026-01-01T00:00:01.5Z', '2026-01-01T00:00:01.51Z', '2026-01-01T00:00:02Z'].map(seen), [
    'known',
    'known',
    'new',
    'new',
  ]);
});

test('a last line that does not come again is a gap, said once', (t) => {
  const seen = resumption({ time: '2026-01-01T00:00:01.5Z', count: 1 });
  t.deepEqual(['2026-01-01T00:00:09Z', '2026-01-01T00:00:10Z'].map(seen), ['gap', 'new']);
});

test('lines with the very same time are counted', (t) => {
  const mark = ['1', '1', '1'].reduce((last: ReturnType<typeof advance> | undefined) => advance(last, '2026-01-01T00:00:01.5Z'), undefined);
  const seen = resumption(mark);
  t.deepEqual(
    Array.from({ length: 4 }, () => seen('2026-01-01T00:00:01.5Z')),
    ['known', 'known', 'known', 'new'],
  );
});

test('times are compared as moments, though a node writes them in its own time zone and cuts zeros off their decimals', (t) => {
  const seen = resumption(advance(undefined, '2026-10-25T02:59:59.50+02:00'));
  const times = [
    '2026-10-25T02:59:59.1+02:00',
    '2026-10-25T00:59:59.500Z',
    '2026-10-25T02:59:59.500000001+02:00',
    '2026-10-25T02:00:00+01:00',
  ];
  t.deepEqual(times.map(seen), ['known', 'known', 'new', 'new']);
});

test('where the clocks of a node go back an hour, no line is taken for one that is known', (t) => {
  const seen = resumption(advance(undefined, '2026-10-25T02:59:59.9+02:00'));
  t.deepEqual(['2026-10-25T02:59:59.9+02:00', '2026-10-25T02:00:00.1+01:00', '2026-10-25T02:30:00+01:00'].map(seen), [
    'known',
    'new',
    'new',
  ]);
});
