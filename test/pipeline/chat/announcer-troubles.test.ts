import test from 'ava';
import { MaybeSent, MessageGone, RateLimited, Refused } from '../../../src/core/chat.ts';
import { announced } from '../run-messages.ts';
import { aRun } from '../world.ts';

test('a search that Slack turns away for its rate is made again before anything is posted again', async (t) => {
  const world = await announced([aRun(1)], [{ error: new MaybeSent('cut'), lands: true }], [new RateLimited(50)]);
  await world.until(() => world.shown('app-1') === 1);
  await world.announcer.stop();
  t.is(world.messages.length, 1);
});

test('where Slack does not let us search, the run is posted all the same', async (t) => {
  const world = await announced([aRun(1)], [{ error: new MaybeSent('cut') }], [new Refused('missing_scope')]);
  await world.until(() => world.calls.length >= 2);
  t.deepEqual(world.calls, ['post app-1', 'find app-1']);
  await world.until(() => world.shown('app-1') === 1);
  await world.announcer.stop();
  t.deepEqual(world.calls, ['post app-1', 'find app-1', 'post app-1']);
});

test('a message that landed while the disk was full is not posted a second time', async (t) => {
  const world = await announced([aRun(1)]);
  world.hooks.landed = () => world.failSaves(true);
  await world.until(() => world.said.length > 0);
  t.regex(world.said.join(), /disk full/);
  world.failSaves(false);
  await world.until(() => world.shown('app-1') === 1);
  await world.announcer.stop();
  t.is(world.messages.length, 1);
});

test('a message that is gone while the disk is full is posted anew when there is room', async (t) => {
  const run = aRun(1, { revision: 5 });
  const message = { state: 'posted', channel: 'C1', ts: '0', revision: 4 } as const;
  const gone = () => ({ error: new MessageGone('gone') });
  const world = await announced([{ ...run, delivery: { ...run.delivery, message } }], [gone(), gone()]);
  world.failSaves(true);
  await world.until(() => world.said.length > 0);
  t.regex(world.said.join(), /disk full/);
  world.failSaves(false);
  await world.until(() => world.shown('app-1') === 5);
  await world.announcer.stop();
  t.is(world.messages.length, 1);
});

test.serial('a clock that is set back by an hour holds nothing up', async (t) => {
  const real = Date.now;
  t.teardown(() => {
    Date.now = real;
  });
  const world = await announced([aRun(1), aRun(2)]);
  await world.until(() => world.messages.length === 1);
  Date.now = () => real() - 3_600_000;
  await world.until(() => world.messages.length === 2, 3_000);
  await world.book.move('app-1', 'cancelled');
  await world.until(() => world.shown('app-1') === 2, 3_000);
  await world.announcer.stop();
  t.is(world.messages.length, 2);
});
