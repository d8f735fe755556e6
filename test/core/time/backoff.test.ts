import test from 'ava';
import { Backoff, waitAskedFor } from '../../../src/core/time/backoff.ts';

test('each failure doubles the wait, up to ten minutes, and one that goes well ends it', (t) => {
  const backoff = new Backoff();
  const waits = Array.from({ length: 12 }, () => backoff.failed(new Error('no')));
  for (const [i, wait] of waits.entries()) {
    const whole = Math.min(600_000, 5_000 * 2 ** i);
    t.true(wait >= whole * 0.75 && wait <= whole, `${i}: ${wait}`);
  }
  t.true(backoff.left > 0);
  backoff.wentWell();
  t.is(backoff.left, 0);
  t.true(backoff.failed(new Error('no')) <= 5_000);
});

test('who asks for a longer wait gets it, for an hour at most', (t) => {
  const asks = (ms: number) => Object.assign(new Error('enough'), { retryAt: new Date(Date.now() + ms) });
  const backoff = new Backoff();
  t.true(Math.abs(backoff.failed(asks(90_000)) - 90_000) < 1_000);
  t.is(waitAskedFor(asks(10 * 365 * 86_400_000)), 3_600_000);
  t.is(waitAskedFor(asks(-5_000)), 0);
  t.is(waitAskedFor(new Error('no')), 0);
  t.is(waitAskedFor(undefined), 0);
});
