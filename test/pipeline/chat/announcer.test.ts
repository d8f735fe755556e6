import test from 'ava';
import { MaybeSent, MessageGone, RateLimited } from '../../../src/core/chat.ts';
import type { ThreadPost } from '../../../src/core/run/run.ts';
import { announced } from '../run-messages.ts';
import { aRun } from '../world.ts';

const pending = (key: string, state: ThreadPost['state'] = 'pending'): ThreadPost => ({ key, kind: 'cause', stage: 'test', state });

test('a run is posted once, and a run that is over at once in its end state', async (t) => {
  const world = await announced([aRun(1, { state: 'failed', revision: 7 })]);
  await world.until(() => world.shown('app-1') === 7);
  await world.announcer.stop();
  t.deepEqual(
    world.messages.map(({ states }) => states),
    [['failed']],
  );
});

test('an end is shown at once though progress was shown a moment ago', async (t) => {
  const world = await announced([aRun(1, { state: 'running' })]);
  await world.until(() => world.shown('app-1') === 1);
  const began = Date.now();
  await world.book.move('app-1', 'passed');
  await world.until(() => world.shown('app-1') === 2);
  await world.announcer.stop();
  t.true(Date.now() - began < 2_000);
  t.deepEqual(world.messages[0]?.states, ['running', 'passed']);
});

test('a post whose answer never came is looked for before it is posted again', async (t) => {
  const world = await announced([aRun(1)], [{ error: new MaybeSent('cut'), lands: true }]);
  await world.until(() => world.shown('app-1') === 1);
  await world.announcer.stop();
  t.is(world.messages.length, 1);
  t.deepEqual(world.calls, ['post app-1', 'find app-1', 'update app-1']);
});

test('a post that did not land is posted again', async (t) => {
  const world = await announced([aRun(1)], [{ error: new MaybeSent('cut'), lands: false }]);
  await world.until(() => world.shown('app-1') === 1);
  await world.announcer.stop();
  t.deepEqual(world.calls, ['post app-1', 'find app-1', 'post app-1']);
});

test('a post that was only intended before a crash is looked for first', async (t) => {
  const run = aRun(1);
  const world = await announced([{ ...run, delivery: { ...run.delivery, message: { state: 'intended' } } }]);
  await world.until(() => world.shown('app-1') === 1);
  await world.announcer.stop();
  t.deepEqual(world.calls, ['find app-1', 'post app-1']);
});

test('a message that is gone is posted anew', async (t) => {
  const run = aRun(1, { state: 'passed', revision: 5 });
  const world = await announced(
    [{ ...run, delivery: { ...run.delivery, message: { state: 'posted', channel: 'C1', ts: '0', revision: 4 } } }],
    [{ error: new MessageGone('gone') }],
  );
  await world.until(() => world.shown('app-1') === 5);
  await world.announcer.stop();
  t.deepEqual(world.calls, ['update app-1', 'post app-1']);
});

test('Slack’s Retry-After is kept and nothing is lost', async (t) => {
  const world = await announced([aRun(1)], [{ error: new RateLimited(300) }]);
  const began = Date.now();
  await world.until(() => world.shown('app-1') === 1);
  await world.announcer.stop();
  t.true(Date.now() - began >= 300);
  t.is(world.messages.length, 1);
});

test('the thread gets each post once, also when the answer to one never came', async (t) => {
  const run = aRun(1, { state: 'failed' });
  const delivery = {
    ...run.delivery,
    message: { state: 'posted', channel: 'C1', ts: '1', revision: 1 } as const,
    thread: [pending('cause-test'), pending('log-test')],
  };
  const world = await announced([{ ...run, delivery }], [{ error: new MaybeSent('cut'), lands: true }]);
  await world.until(() => world.book.get('app-1')?.delivery.thread.every((item) => item.state === 'posted') ?? false);
  await world.announcer.stop();
  t.deepEqual(world.replies, ['app-1 cause-test', 'app-1 log-test']);
});
