import test from 'ava';
import { noteBlockedReason } from '../../src/pipeline/status/blocked-reason.ts';
import { WorkQueue, type WorkQueueOptions } from '../../src/pipeline/work-queue.ts';
import { aBook, aRun } from './world.ts';

function aQueue(reconcile: WorkQueueOptions['reconcile']) {
  const troubles: string[] = [];
  const trouble = async (id: string, message: string | undefined) => void troubles.push(`${id} ${message}`);
  return { troubles, queue: new WorkQueue({ reconcile, log: () => undefined, trouble }) };
}

async function until(true_: () => boolean): Promise<void> {
  for (let tries = 0; !true_() && tries < 400; tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('a run is never looked at twice at once, and news meanwhile makes one more look', async (t) => {
  const under = { way: 0, most: 0, looks: 0 };
  const { promise, resolve } = Promise.withResolvers<void>();
  const { queue } = aQueue(async () => {
    under.looks += 1;
    under.most = Math.max(under.most, ++under.way);
    if (under.looks === 1) await promise;
    under.way -= 1;
    return undefined;
  });
  queue.enqueue('app-1');
  await until(() => under.looks === 1);
  for (let times = 0; times < 5; times += 1) queue.enqueue('app-1');
  resolve();
  await until(() => under.looks === 2);
  await new Promise((done) => setTimeout(done, 50));
  queue.stop();
  t.deepEqual([under.looks, under.most], [2, 1]);
});

test('a step that fails is tried again, its second failure is said, and its success too', async (t) => {
  let looks = 0;
  const { queue, troubles } = aQueue(async () => {
    looks += 1;
    if (looks < 3) throw new Error('no route');
    return undefined;
  });
  queue.enqueue('app-1');
  await until(() => troubles.length === 2);
  queue.stop();
  t.deepEqual(troubles, ['app-1 no route', 'app-1 undefined']);
});

test('who says until when it is of no use to ask is not asked before, whatever the news, and the wait is said at once', async (t) => {
  const looks: number[] = [];
  const retryAt = new Date(Date.now() + 1_500);
  const { queue, troubles } = aQueue(async () => {
    looks.push(Date.now());
    if (looks.length === 1) throw Object.assign(new Error('enough for now'), { retryAt });
    return undefined;
  });
  queue.enqueue('app-1');
  await until(() => troubles.length === 1);
  for (let times = 0; times < 5; times += 1) queue.enqueue('app-1');
  await until(() => looks.length === 2);
  queue.stop();
  t.deepEqual(troubles, ['app-1 enough for now', 'app-1 undefined']);
  t.true((looks[1] ?? 0) >= retryAt.getTime(), `asked ${retryAt.getTime() - (looks[1] ?? 0)} ms too early`);
});

test('what troubled a run before a restart is over when a step of it goes well', async (t) => {
  const { book } = aBook([aRun(1, { state: 'running', blockedReason: 'the cluster cannot be seen' })]);
  const queue = new WorkQueue({
    reconcile: async () => undefined,
    log: () => undefined,
    trouble: (id, message) => noteBlockedReason(book, id, message),
  });
  queue.enqueue('app-1');
  queue.enqueue('unknown-1');
  await until(() => book.get('app-1')?.blockedReason === undefined);
  queue.stop();
  t.false('trouble' in (book.get('app-1') ?? {}));
});

test('a run that is over is troubled by nothing', async (t) => {
  for (const end of ['passed', 'failed', 'cancelled'] as const) {
    const { book } = aBook([aRun(1, { state: 'running', blockedReason: 'the cluster cannot be seen' })]);
    t.false('trouble' in (await book.move('app-1', end)));
  }
});
