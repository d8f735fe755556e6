import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { currentLane } from '../../../src/core/concurrency/lane.ts';
import { RequestLimiter, Shared } from '../../../src/core/concurrency/request-limiter.ts';
import { Coalesced, Serial, SerialByKey } from '../../../src/core/concurrency/serial.ts';
import { UserError } from '../../../src/core/errors.ts';

const limits = { each: { underWay: 2, perMinute: 4 }, all: { underWay: 3, waiting: 2 }, patience: 50 };

/** Work that ends when it is told so. */
function aJob() {
  const { promise, resolve } = Promise.withResolvers<string>();
  const state = { begun: false };
  const work = () => {
    state.begun = true;
    return promise;
  };
  return { work, state, end: () => resolve('done') };
}

test('one person has so much under way at once, and others are not held up by it', async (t) => {
  const turns = new RequestLimiter('questions', limits);
  const jobs = [aJob(), aJob()];
  const open = jobs.map(({ work }) => turns.take('U1', work));
  await t.throwsAsync(turns.take('U1', aJob().work), {
    instanceOf: UserError,
    message: /^2 of your requests are already in progress: try again/,
  });
  t.is(await turns.take('U2', async () => 'at once'), 'at once');
  for (const job of jobs) job.end();
  t.deepEqual(await Promise.all(open), ['done', 'done']);
  t.is(await turns.take('U1', async () => 'again'), 'again');
});

test('one person begins so much within a minute, and is told when there is room again', async (t) => {
  let time = 0;
  const turns = new RequestLimiter('questions', limits, () => time);
  for (; time < 40_000; time += 10_000) await turns.take('U1', async () => 'done');
  await t.throwsAsync(
    turns.take('U1', async () => 'no'),
    { message: /^You have made 4 requests within a minute: try again in 20 s\.$/ },
  );
  t.is(await turns.take('U2', async () => 'done'), 'done');
  time = 60_000;
  t.is(await turns.take('U1', async () => 'done'), 'done');
});

test('all together have so much under way; others wait for their turn, in their order', async (t) => {
  const turns = new RequestLimiter('questions', { ...limits, patience: 10_000 });
  const jobs = ['U1', 'U2', 'U3'].map((user) => ({ ...aJob(), user }));
  const open = jobs.map(({ user, work }) => turns.take(user, work));
  const [fourth, fifth] = [aJob(), aJob()];
  const waiting = [turns.take('U4', fourth.work), turns.take('U5', fifth.work)];
  await t.throwsAsync(turns.take('U6', aJob().work), { message: /^Too many other requests are in progress: try again in/ });
  t.false(fourth.state.begun);
  jobs[0]?.end();
  await open[0];
  await new Promise(setImmediate);
  t.deepEqual([fourth.state.begun, fifth.state.begun], [true, false]);
  for (const { end } of [...jobs, fourth, fifth]) end();
  t.deepEqual(await Promise.all([...open, ...waiting]), ['done', 'done', 'done', 'done', 'done']);
});

test('who waits too long is told so, and holds nobody up', async (t) => {
  const turns = new RequestLimiter('questions', limits);
  const jobs = ['U1', 'U2', 'U3'].map((user) => ({ ...aJob(), user }));
  const open = jobs.map(({ user, work }) => turns.take(user, work));
  const late = aJob();
  await t.throwsAsync(turns.take('U4', late.work), { message: /^Too many other requests/ });
  for (const { end } of jobs) end();
  await Promise.all(open);
  t.false(late.state.begun);
  t.deepEqual(await Promise.all(['U4', 'U5', 'U6'].map((user) => turns.take(user, async () => user))), ['U4', 'U5', 'U6']);
});

test('work that fails gives its turn back', async (t) => {
  const turns = new RequestLimiter('questions', { ...limits, all: { underWay: 1, waiting: 0 } });
  for (let n = 0; n < 3; n += 1)
    await t.throwsAsync(
      turns.take('U1', () => Promise.reject(new Error('no'))),
      { message: 'no' },
    );
  t.is(await turns.take('U1', async () => 'done'), 'done');
});

test('work is done in its lane, and what the bot does by itself in that of the bot', async (t) => {
  t.is(currentLane(), 'bot');
  for (const lane of ['questions', 'decisions'] as const)
    t.is(await new RequestLimiter(lane, limits).take('U1', async () => currentLane()), lane);
});

test('who asks the same while it is under way gets the same answer, and who asks later a new one', async (t) => {
  const shared = new Shared<string>();
  const job = aJob();
  const first = shared.begin('a', job.work);
  t.is(shared.find('a'), first);
  t.is(shared.begin('a', aJob().work), first);
  t.is(shared.find('b'), undefined);
  job.end();
  await first;
  t.is(shared.find('a'), undefined);
});

test('who joins work that is under way needs no turn, and has asked for something all the same', async (t) => {
  const turns = new RequestLimiter('questions', { ...limits, all: { underWay: 1, waiting: 0 } });
  const job = aJob();
  const open = turns.take('U1', job.work);
  const joined = ['U2', 'U2', 'U3'].map((user) => turns.take(user, aJob().work, open));
  await t.throwsAsync(turns.take('U2', aJob().work, open), { message: /^2 of your requests are already in progress/ });
  job.end();
  t.deepEqual(await Promise.all(joined), ['done', 'done', 'done']);
  await Promise.all([turns.take('U2', aJob().work, open), turns.take('U2', aJob().work, open)]);
  await t.throwsAsync(turns.take('U2', aJob().work, open), { message: /^You have made 4 requests within a minute/ });
});

/** Tasks that write down when they begin and end. */
function diary() {
  const written: string[] = [];
  const task =
    (name: string, fails = false) =>
    async () => {
      written.push(`${name} begins`);
      await sleep(1);
      written.push(`${name} ends`);
      if (fails) throw new Error(`${name} fails`);
      return name;
    };
  return { written, task };
}

test('tasks run one after another, and one that fails does not stop the next', async (t) => {
  const { written, task } = diary();
  const serial = new Serial();
  const [a, b] = [serial.run(task('a', true)), serial.run(task('b'))];
  await t.throwsAsync(a, { message: 'a fails' });
  t.is(await b, 'b');
  t.deepEqual(written, ['a begins', 'a ends', 'b begins', 'b ends']);
});

test('a queue is idle when all that it was given has ended', async (t) => {
  const { written, task } = diary();
  const serial = new Serial();
  await serial.idle();
  void serial.run(task('a', true)).catch(() => undefined);
  await serial.idle();
  t.deepEqual(written, ['a begins', 'a ends']);
});

test('tasks of one key follow each other, those of another go beside them', async (t) => {
  const { written, task } = diary();
  const serial = new SerialByKey();
  const all = [serial.run('x', task('x1', true)), serial.run('x', task('x2')), serial.run('y', task('y'))];
  t.true(serial.has('x') && serial.has('y'));
  const { length } = (await Promise.allSettled(all)).filter(({ status }) => status === 'fulfilled');
  t.is(length, 2);
  t.deepEqual(written.slice(0, 2), ['x1 begins', 'y begins']);
  t.deepEqual(
    written.filter((line) => line.startsWith('x')),
    ['x1 begins', 'x1 ends', 'x2 begins', 'x2 ends'],
  );
  t.false(serial.has('x') || serial.isBusy);
});

test('queues by key are idle when also what was added meanwhile has ended', async (t) => {
  const { written, task } = diary();
  const serial = new SerialByKey();
  void serial.run('x', async () => {
    await task('x')();
    void serial.run('y', task('y'));
  });
  await serial.idle();
  t.is(written.at(-1), 'y ends');
});

test('calls that come while a run waits share it; each call gets a run that begins after it', async (t) => {
  let begun = 0;
  const write = new Coalesced(async () => {
    begun += 1;
    await sleep(1);
    if (begun === 1) throw new Error('the disk is full');
  });
  const first = write.run();
  t.is(write.run(), first, 'it has not begun yet');
  await sleep(0);
  const [second, third] = [write.run(), write.run()];
  t.is(second, third);
  await t.throwsAsync(first, { message: 'the disk is full' });
  await third;
  t.is(begun, 2);
  await write.idle();
});
