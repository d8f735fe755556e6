import test from 'ava';
import { HeardTime } from '../../../src/clients/clock/heard-time.ts';

const said: string[] = [];
const time = () => new HeardTime({ warn: (message) => said.push(message) });
const near = (a: number, b: number) => Math.abs(a - b) < 1_500;
const header = (ms: number) => new Date(Date.now() + ms).toUTCString();

test('until the cluster has answered the clock of this machine counts, and then too where both agree', (t) => {
  const { now, heard } = time();
  t.true(near(now().getTime(), Date.now()));
  heard(header(0));
  t.true(Math.abs(now().getTime() - Date.now()) < 50, 'to the millisecond');
});

test('where they do not agree the cluster counts, which is said', (t) => {
  const { now, heard } = time();
  heard(header(-5 * 3_600_000));
  t.true(near(now().getTime(), Date.now() - 5 * 3_600_000));
  t.regex(said.at(-1) ?? '', /the clock of this machine is 1[78]\d\d\d s ahead of the cluster's; the cluster's counts/);
  heard(header(0));
  t.true(near(now().getTime(), Date.now()), 'and it is followed when it is set');
});

test('what is no time is left out', (t) => {
  const { now, heard } = time();
  for (const date of [null, '', 'soon']) heard(date);
  t.true(near(now().getTime(), Date.now()));
});

test.serial('setting the clock of this machine changes nothing from then on', (t) => {
  const { now, heard } = time();
  heard(header(0));
  const real = Date.now;
  try {
    Date.now = () => real() + 3_600_000;
    t.true(near(now().getTime(), real()));
  } finally {
    Date.now = real;
  }
});
