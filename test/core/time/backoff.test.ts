import test from 'ava';
import { UserError } from '../../../src/core/errors.ts';
import { Backoff } from '../../../src/core/time/backoff.ts';

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
