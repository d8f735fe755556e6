import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { Coalesced, Serial, SerialByKey } from '../../../src/core/concurrency/serial.ts';

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
