import test from 'ava';
import { Outbox } from '../../../src/pipeline/chat/outbox.ts';
import { type PendingUpdate, pendingUpdates } from '../../../src/pipeline/chat/pending-updates.ts';
import { RateLimiter } from '../../../src/pipeline/chat/rate-limiter.ts';
import { aRun } from '../world.ts';

const posted = (run: ReturnType<typeof aRun>, revision: number) => ({
  ...run,
  delivery: { ...run.delivery, message: { state: 'posted', channel: 'C1', ts: '1', revision } as const },
});

function nextDuty(duties: readonly PendingUpdate[], pace: RateLimiter, now: number) {
  const outbox = new Outbox();
  for (const of of new Set(duties.map((update) => update.of)))
    outbox.put(
      of,
      duties.filter((update) => update.of === of),
    );
  return outbox.next(pace, now);
}

test('ends go before first messages, these before progress', (t) => {
  const runs = [posted(aRun(1, { state: 'running', revision: 3 }), 2), aRun(2), posted(aRun(3, { state: 'failed', revision: 3 }), 2)];
  const duties = runs.flatMap((run) => pendingUpdates(run, 0)).sort((a, b) => a.rank - b.rank);
  t.deepEqual(
    duties.map((update) => update.of),
    ['app-3', 'app-2', 'app-1'],
  );
});

test('what holds a run up goes before the progress of others, and takes of what progress leaves', (t) => {
  const stage = { name: 'test', kind: 'test', state: 'started', waitingFor: 'the only node has too little free nvidia.com/gpu' } as const;
  const held = posted(aRun(2, { state: 'running', revision: 3, stages: [stage] }), 2);
  const goingOn = posted(aRun(1, { state: 'running', revision: 3 }), 2);
  const pace = new RateLimiter(0);
  while (pace.wait('update', '#a', false, 0) === 0) pace.took('update', '#a', 0);
  const next = nextDuty([...pendingUpdates(goingOn, -60_000), ...pendingUpdates(held, -1_000)], pace, 0);
  t.like(next, { update: { of: 'app-2', method: 'update' } });
});

test('nothing is owed for what is shown', (t) => {
  t.deepEqual(pendingUpdates(posted(aRun(1, { revision: 2 }), 2), 0), []);
});

test('posts keep a second between them in one channel, other channels do not wait', (t) => {
  const pace = new RateLimiter(0);
  pace.took('post', '#a', 0);
  t.true(pace.wait('post', '#a', true, 500) > 0);
  t.is(pace.wait('post', '#a', true, 1_050), 0);
  t.is(pace.wait('post', '#b', true, 0), 0);
});

test('over ten minutes no more than fifty updates a minute are made, however many are owed', (t) => {
  const pace = new RateLimiter(0);
  const made: number[] = [];
  for (let now = 0; now < 600_000; now += 50) {
    if (pace.wait('update', '#a', true, now) > 0) continue;
    pace.took('update', '#a', now);
    made.push(now);
  }
  const most = Math.max(...made.map((start) => made.filter((time) => time >= start && time < start + 60_000).length));
  t.true(most <= 57, `${most} in one minute`);
  t.true(made.length >= 470 && made.length <= 490, `${made.length} in all`);
});

test('progress leaves updates for ends', (t) => {
  const pace = new RateLimiter(0);
  while (pace.wait('update', '#a', false, 0) === 0) pace.took('update', '#a', 0);
  t.is(pace.wait('update', '#a', true, 0), 0);
});

test('what must wait is waited for exactly so long', (t) => {
  const pace = new RateLimiter(0);
  pace.took('post', '#ci', 0);
  t.deepEqual(nextDuty(pendingUpdates(aRun(1), 0), pace, 50), { inMs: 1_000 });
});
