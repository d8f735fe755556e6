import test from 'ava';
import { checkCron, schedule } from '../../../src/clients/clock/clock-client.ts';
import { ServerTime } from '../../../src/clients/clock/server-time.ts';
import { UserError } from '../../../src/core/errors.ts';

const quiet = { info() {}, warn() {}, error() {} };
const everySecond = '* * * * * *';

const right = test.macro({
  exec: (t, rule: string) => t.is(checkCron(rule), undefined),
  title: (_, rule) => `"${rule}" is a schedule`,
});
for (const rule of [
  '*/30 * * * * *',
  '0 */5 * * * *',
  '0 0 2 * * 1-5',
  '0 0 0 1 1 *',
  '0 0 0 L * *',
  '0 0 0 * * 7',
  '@hourly',
  '0 0 0 29 2 *',
  '10-50/20 * * * * *',
  '0,15/15 * * * * *',
  '0 0 8 * * MON-FRI',
]) {
  test(right, rule);
}

const wrong = test.macro({
  exec(t, rule: string, why: RegExp) {
    t.regex(checkCron(rule) ?? '', why);
    t.throws(() => schedule(rule, async () => undefined, { name: 'x', log: quiet }), { instanceOf: UserError, message: why });
  },
  title: (_, rule) => `"${rule}" is refused in words`,
});
test(wrong, '', /"" is empty/);
test(wrong, '   ', /is empty/);
test(wrong, '*/5 * * * *', /has 5 fields.*"0 \*\/5 \* \* \* \*" would be/);
test(wrong, '30s', /has 1 field\. Write six/);
test(wrong, '*/90 * * * * *', /step of "\*\/90" in the field of the second is larger than its range \(0 to 59\)/);
test(wrong, '*/60 * * * * *', /larger than its range/);
test(wrong, '0 0 */24 * * *', /field of the hour/);
test(wrong, '0 50/15 * * * *', /50 to 59/);
test(wrong, '10-20/11 * * * * *', /10 to 20/);
test(wrong, '0 0 0 31 2 *', /never comes/);
test(wrong, '60 * * * * *', /is invalid, or names/);
test(wrong, 'a b c d e f', /is invalid, or names/);
test(wrong, '@never', /is invalid, or names/);

test('a time zone that is none is refused', (t) => {
  t.throws(() => schedule(everySecond, async () => undefined, { name: 'x', log: quiet, timeZone: 'Mars/Olympus' }), {
    instanceOf: UserError,
    message: /Mars\/Olympus/,
  });
});

test('a job that is slow does not overlap, and stop waits for it', async (t) => {
  const begun = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  let ended = 0;
  const slow = async () => {
    most = Math.max(most, ++running);
    begun.resolve();
    await new Promise((resolve) => setTimeout(resolve, 2_300));
    running--;
    ended++;
  };
  const { stop } = schedule(everySecond, slow, { name: 'slow', log: quiet });
  await begun.promise;
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await stop();
  t.deepEqual([most, ended, running], [1, 1, 0]);
});

test('stop does not wait for ever, and nothing begins after it', async (t) => {
  const begun = Promise.withResolvers<void>();
  const said: string[] = [];
  let times = 0;
  const { stop } = schedule(
    everySecond,
    () => {
      times++;
      begun.resolve();
      return new Promise(() => undefined);
    },
    { name: 'the poll', log: { ...quiet, warn: (message) => said.push(message) }, stopMs: 50 },
  );
  await begun.promise;
  await stop();
  t.deepEqual(said, ['the poll has not ended 0.05 s after it was asked to stop; not waiting any longer']);
  t.is(times, 1);
});

test('an error of the job is logged, and the next one comes', async (t) => {
  const twice = Promise.withResolvers<void>();
  const said: string[] = [];
  let times = 0;
  const { stop } = schedule(
    everySecond,
    () => {
      if (++times === 1) throw new Error('before anything was awaited');
      if (times === 2) return Promise.reject(new Error('rejected'));
      twice.resolve();
      return Promise.resolve();
    },
    { name: 'the poll', log: { ...quiet, error: (message) => said.push(message) } },
  );
  await twice.promise;
  await stop();
  t.deepEqual(said, ['the poll: before anything was awaited', 'the poll: rejected']);
});

test('moments that were missed during a stall are not made up for', async (t) => {
  const begun = Promise.withResolvers<void>();
  const starts: number[] = [];
  const { stop } = schedule(
    everySecond,
    async () => {
      starts.push(Date.now());
      if (starts.length === 1) begun.resolve();
    },
    { name: 'x', log: quiet },
  );
  await begun.promise;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_200);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await stop();
  // The first, one for the three that were missed, and one or two afterwards.
  t.true(starts.length < 5, `${starts.length} starts`);
});

/** Sets the time of day by so many milliseconds, for all that asks in this process; gives what sets it right again. */
function setClock(by: number): () => void {
  const own = Date;
  const now = () => own.now() + by;
  globalThis.Date = new Proxy(own, {
    construct: (target, args: unknown[], made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
    get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  });
  return () => {
    globalThis.Date = own;
  };
}

const jumps = test.macro({
  async exec(t, ms: number, rule: string, atLeast: number) {
    const said: string[] = [];
    const log = { ...quiet, warn: (message: string) => said.push(message) };
    let times = 0;
    const begun = Promise.withResolvers<void>();
    const { stop } = schedule(
      rule,
      async () => {
        times += 1;
        begun.resolve();
      },
      { name: 'the poll', log },
    );
    if (rule === everySecond) await begun.promise;
    const setRight = setClock(ms);
    times = 0;
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    await stop();
    setRight();
    t.true(times >= atLeast && times <= atLeast + 3, `${times} times`);
    t.is(said.length, 1);
    t.regex(said[0] ?? '', ms < 0 ? /^the poll: the clock was set back by \d+ s/ : /^the poll: the clock was set forward by \d+ s/);
  },
  title: (_, ms: number, rule: string) => `a clock that is set by ${ms / 3_600_000} h does not stop "${rule}"`,
});
test.serial(jumps, -3_600_000, everySecond, 2);
test.serial(jumps, -10 * 365 * 86_400_000, everySecond, 2);
test.serial(jumps, 5 * 3_600_000, everySecond, 2);
// A moment that a jump has left out is told once.
test.serial(jumps, 25 * 3_600_000, '0 0 3 * * *', 1);
test.serial(jumps, -3_600_000, '0 0 3 1 1 *', 0);

const said: string[] = [];
const time = () => new ServerTime({ warn: (message) => said.push(message) });
const near = (a: number, b: number) => Math.abs(a - b) < 1_500;
const header = (ms: number) => new Date(Date.now() + ms).toUTCString();

test('until the cluster has answered the clock of this machine counts, and then too where both agree', (t) => {
  const { now, observe: heard } = time();
  t.true(near(now().getTime(), Date.now()));
  heard(header(0));
  t.true(Math.abs(now().getTime() - Date.now()) < 50, 'to the millisecond');
});

test('where they do not agree the cluster counts, which is said', (t) => {
  const { now, observe: heard } = time();
  heard(header(-5 * 3_600_000));
  t.true(near(now().getTime(), Date.now() - 5 * 3_600_000));
  t.regex(said.at(-1) ?? '', /the clock of this machine is 1[78]\d\d\d s ahead of the cluster's; using the cluster's/);
  heard(header(0));
  t.true(near(now().getTime(), Date.now()), 'and it is followed when it is set');
});

test('what is no time is left out', (t) => {
  const { now, observe: heard } = time();
  for (const date of [null, '', 'soon']) heard(date);
  t.true(near(now().getTime(), Date.now()));
});

test.serial('setting the clock of this machine changes nothing from then on', (t) => {
  const { now, observe: heard } = time();
  heard(header(0));
  const real = Date.now;
  try {
    Date.now = () => real() + 3_600_000;
    t.true(near(now().getTime(), real()));
  } finally {
    Date.now = real;
  }
});
