import test from 'ava';
import { UserError } from '../../../src/core/errors.ts';
import { Backoff } from '../../../src/core/time/backoff.ts';
import { duration } from '../../../src/core/time/duration.ts';
import { byInstant, sortable } from '../../../src/core/time/instant.ts';
import { momentOfStamp, stampedAt, stampOf } from '../../../src/core/time/stamp.ts';

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

const says = test.macro((t, said: string, wanted: string) => t.is(said, wanted));

test('less than a second', says, duration(999), 'less than 1 s');
test('seconds', says, duration(59_999), '59 s');
test('minutes and seconds', says, duration(192_000), '3 min 12 s');
test('a whole number of minutes leaves out the seconds', says, duration(180_000), '3 min');
test('hours leave out the seconds', says, duration(3_725_000), '1 h 2 min');
test('an hour and some seconds is an hour', says, duration(3_605_000), '1 h');
test('days', says, duration(100 * 3_600_000), '4 d 4 h');
test('clocks that disagree give no negative time', says, duration(-5), 'less than 1 s');

/** As the `semver` tool of duat made them. */
const published = {
  aaaagjhioon: 1_555_602_212,
  aaaagjihjms: 1_555_974_667,
  aaaagjecpnf: 1_554_337_180,
  aaaagsdvzdw: 1_632_358_846,
  aaaagzcaaaa: 1_700_000_000,
  aaaspvcxrw: 2 ** 32,
};

for (const [stamp, seconds] of Object.entries(published)) {
  test(`${stamp} is ${new Date(seconds * 1000).toISOString()}`, (t) => {
    t.is(stampOf(new Date(seconds * 1000)), stamp);
    t.deepEqual(momentOfStamp(stamp), new Date(seconds * 1000));
  });
}

test('a stamp is of a second', (t) => {
  t.is(stampOf(new Date(1_700_000_000_999)), 'aaaagzcaaaa');
});

test('stamps sort as time does', (t) => {
  const times = [0, 1, 24, 25, 255, 256, 65_535, 65_536, 1_555_602_212, 2 ** 32 - 1];
  const stamps = times.map((seconds) => stampOf(new Date(seconds * 1000)));
  for (const [index, seconds] of times.entries()) t.deepEqual(momentOfStamp(stamps[index] ?? ''), new Date(seconds * 1000));
  const day = 86_400_000;
  const years = Array.from({ length: 50 }, (_, n) => stampOf(new Date(Date.UTC(2019, 0, 1) + n * 600 * day)));
  t.deepEqual(years.toSorted(), years);
  t.true(new Set(years).size === years.length);
  t.true(stampOf(new Date((2 ** 32 - 1) * 1000)) < stampOf(new Date(2 ** 32 * 1000)), 'also where a byte more is used');
});

for (const word of ['', 'aaaa', 'performance', 'aaaagjhiool', 'AAAAGJHIOON', 'aaagjhioon', 'zzzzzzzzzzz', 'aaaagjhioon1', 'z'.repeat(16)]) {
  test(`${JSON.stringify(word)} is no stamp`, (t) => t.is(momentOfStamp(word), undefined));
}

test('a pre-release may end with a stamp', (t) => {
  const moment = new Date(published.aaaagjhioon * 1000);
  t.deepEqual(stampedAt(['main-aaaagjhioon']), moment);
  t.deepEqual(stampedAt(['-aaaagjhioon']), moment);
  t.is(stampedAt(['rc', '3']), undefined);
  t.is(stampedAt([]), undefined);
});

const tenMinutes = { firstMs: 5_000, mostMs: 600_000 };
const asks = (ms: number) => Object.assign(new Error('enough'), { retryAt: new Date(Date.now() + ms) });

test('each failure doubles the wait, up to ten minutes, and one that goes well ends it', (t) => {
  const backoff = new Backoff(tenMinutes);
  const waits = Array.from({ length: 40 }, () => backoff.failed(new Error('no')));
  for (const [i, wait] of waits.entries()) {
    const whole = Math.min(600_000, 5_000 * 2 ** i);
    t.true(wait >= whole * 0.75 && wait <= whole, `${i}: ${wait}`);
  }
  t.true(backoff.left > 0);
  t.is(backoff.failures, 40);
  backoff.wentWell();
  t.deepEqual([backoff.left, backoff.until, backoff.failures], [0, 0, 0]);
  t.true(backoff.failed(new Error('no')) <= 5_000);
});

test('chance takes off as much as is given', (t) => {
  t.is(new Backoff({ ...tenMinutes, jitter: 0 }).failed(), 5_000);
  const waits = Array.from({ length: 200 }, () => new Backoff({ ...tenMinutes, jitter: 1 }).failed());
  t.true(Math.min(...waits) < 2_000 && Math.max(...waits) <= 5_000);
});

test('what only a person can change is asked less and less often', (t) => {
  const backoff = new Backoff({ firstMs: 1_000, mostMs: 15_000, forGoodMs: 3_600_000, jitter: 0 });
  const waits = (error: Error) => Array.from({ length: 8 }, () => backoff.failed(error));
  t.is(waits(new Error('no')).at(-1), 15_000);
  t.is(waits(new UserError('no')).at(-1), 3_600_000);
});

test('a wait that the caller knows counts as a failure like any other', (t) => {
  const backoff = new Backoff({ ...tenMinutes, jitter: 0 });
  t.is(backoff.failed(new Error('no'), 200), 200);
  t.is(backoff.failed(new Error('no')), 10_000);
});

test('who asks for a longer wait gets it, for an hour at most', (t) => {
  const backoff = new Backoff(tenMinutes);
  t.true(Math.abs(backoff.failed(asks(90_000)) - 90_000) < 1_000);
  t.true(backoff.isAskedFor);
  t.is(new Backoff(tenMinutes).failed(asks(10 * 365 * 86_400_000)), 3_600_000);
  for (const error of [asks(-5_000), asks(1_000), new Error('no'), undefined]) {
    t.true(backoff.failed(error) <= 600_000);
    t.false(backoff.isAskedFor, 'the usual wait is the longer one');
  }
});
