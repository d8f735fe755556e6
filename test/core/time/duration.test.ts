import test from 'ava';
import { duration } from '../../../src/core/time/duration.ts';

const says = test.macro((t, said: string, wanted: string) => t.is(said, wanted));

test('less than a second', says, duration(999), 'less than 1 s');
test('seconds', says, duration(59_999), '59 s');
test('minutes and seconds', says, duration(192_000), '3 min 12 s');
test('a whole number of minutes leaves out the seconds', says, duration(180_000), '3 min');
test('hours leave out the seconds', says, duration(3_725_000), '1 h 2 min');
test('an hour and some seconds is an hour', says, duration(3_605_000), '1 h');
test('days', says, duration(100 * 3_600_000), '4 d 4 h');
test('clocks that disagree give no negative time', says, duration(-5), 'less than 1 s');
