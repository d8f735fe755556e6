import test from 'ava';
import { MaybeSent } from '../../../src/core/chat.ts';
import type { Notice } from '../../../src/core/notice.ts';
import { Outbox } from '../../../src/pipeline/chat/outbox.ts';
import { type PendingUpdate, pendingUpdates } from '../../../src/pipeline/chat/pending-updates.ts';
import { RateLimiter } from '../../../src/pipeline/chat/rate-limiter.ts';
import { announced } from '../run-messages.ts';
import { aRun } from '../world.ts';

const notice: Notice = {
  uid: 'n1',
  repository: 'app',
  channel: '#ci',
  at: '2026-01-01T00:00:00Z',
  count: 3,
  branches: ['a'],
  limit: 20,
  state: 'owed',
};

test('a notice is told once, and kept until then', async (t) => {
  const world = await announced([], [], [], [notice]);
  await world.until(() => world.notices().length === 0);
  await world.announcer.stop();
  t.deepEqual(world.calls, ['tell n1']);
});

test('a notice whose answer never came, or that was only intended before a crash, is looked for before it is told again', async (t) => {
  const cut = await announced([], [{ error: new MaybeSent('cut'), lands: true }], [], [notice]);
  await cut.until(() => cut.notices().length === 0);
  await cut.announcer.stop();
  t.deepEqual(cut.calls, ['tell n1', 'look for n1']);
  const crashed = await announced([], [], [], [{ ...notice, state: 'intended' }]);
  await crashed.until(() => crashed.notices().length === 0);
  await crashed.announcer.stop();
  t.deepEqual(crashed.calls, ['look for n1', 'tell n1']);
});

test('commits that only wait let all others go first: what runs, what a person asked for, what is said in threads', (t) => {
  const waiting = Array.from({ length: 5_000 }, (_, i) => aRun(i + 1, { branch: `b${i}` }));
  const asked = aRun(6_000, { cause: { kind: 'command', by: 'U1', key: 'k' } });
  const runs = aRun(6_001, { state: 'running' });
  const outbox = new Outbox();
  for (const run of [...waiting, asked, runs]) outbox.put(run.id, pendingUpdates(run, 0));
  const order: string[] = [];
  for (let now = 0; order.length < 4; now += 2_000) {
    const next = outbox.next(new RateLimiter(now), now);
    if (!next || !('update' in next)) return t.fail();
    order.push(next.update.of);
    outbox.put(next.update.of, []);
  }
  t.deepEqual(order, ['app-6000', 'app-6001', 'app-1', 'app-2']);
});

test('of ten thousand runs that owe something the next thing is found without looking at all', (t) => {
  const runs = Array.from({ length: 10_000 }, (_, i) => aRun(i + 1, { branch: `b${i}` }));
  const outbox = new Outbox();
  const before = process.cpuUsage();
  for (const run of runs) outbox.put(run.id, pendingUpdates(run, 0));
  let done: PendingUpdate | undefined;
  for (let i = 0; i < 10_000; i += 1) {
    const next = outbox.next(new RateLimiter(0), 0);
    done = next && 'update' in next ? next.update : undefined;
    if (done) outbox.put(done.of, []);
  }
  t.is(done?.of, 'app-10000');
  t.is(outbox.next(new RateLimiter(0), 0), undefined);
  const { user } = process.cpuUsage(before);
  t.true(user < 3_000_000, `${user / 1000} ms`);
});
