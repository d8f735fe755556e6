import test from 'ava';
import { momentOfStamp, stampedAt, stampOf } from '../../../src/core/time/stamp.ts';

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
