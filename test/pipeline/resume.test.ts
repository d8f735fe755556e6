import test from 'ava';
import { advance, comparable, resumption } from '../../src/pipeline/resume.ts';

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

test('times compare as times though zeros are cut off their decimals', (t) => {
  t.true(comparable('2026-01-01T00:00:01.1Z') < comparable('2026-01-01T00:00:01.123Z'));
  t.true(comparable('2026-01-01T00:00:01Z') < comparable('2026-01-01T00:00:01.000000001Z'));
});
