import test from 'ava';
import { Heartbeat } from '../../../src/clients/health/heartbeat.ts';
import { Standstill } from '../../../src/clients/health/standstill.ts';

test('what counts is how often we looked and nothing had moved, not what the clock says', (t) => {
  const standstill = new Standstill(1_000);
  t.deepEqual(
    [1, 1, 1].map((beats) => standstill.look(beats)),
    [0, 1_000, 2_000],
  );
  t.is(standstill.ms, 2_000);
  t.is(standstill.look(2), 0);
  t.is(standstill.look(2), 1_000);
});

test('both threads see the beats and the note through the same memory, and of a long note the beginning', (t) => {
  const one = new Heartbeat();
  const seen = new Heartbeat(one.memory);
  t.deepEqual([seen.beats, seen.noted], [0, '']);
  one.beat();
  one.note('poll');
  t.deepEqual([seen.beats, seen.noted], [1, 'poll']);
  one.note('ä'.repeat(2_000));
  t.regex(seen.noted, /^ä{256}$/);
  one.note('a');
  t.is(seen.noted, 'a');
});
