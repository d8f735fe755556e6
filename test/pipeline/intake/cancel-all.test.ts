import test from 'ava';
import type { Run } from '../../../src/core/run/run.ts';
import { isSettled } from '../../../src/pipeline/cleanup/retention.ts';
import { aWorld } from '../asking.ts';
import { aRun } from '../world.ts';

const posted = { channel: '#ci', thread: [], cleaned: true, message: { state: 'posted', channel: 'C1', ts: '1', revision: 1 } } as const;
const release = { version: '1.0.0', tag: 'v1.0.0', requiredVotes: 1, votes: [] };
const others: Run[] = [
  aRun(1, { state: 'running', delivery: posted }),
  aRun(2, { state: 'releasing', release, branch: 'feature/a' }),
  aRun(3, { state: 'passed', branch: 'feature/b' }),
  aRun(4, { state: 'failed', branch: 'feature/c' }),
  aRun(5, { repository: 'other' }),
];

test('all that can be cancelled is, what waits before what runs, and what cannot be is named', async (t) => {
  const many = Array.from({ length: 3_000 }, (_, i) => aRun(i + 10, { branch: `b${i}` }));
  const { requests, book } = aWorld([...others, ...many]);
  const order: string[] = [];
  book.onChange(({ id }) => void order.push(id));
  const done = await requests.cancelAll({ repository: 'app', by: 'U1' });
  await book.idle();
  t.is(done.cancelled, 3_001);
  t.deepEqual(done.refused, [{ id: 'app-2', why: 'it is releasing' }]);
  t.is(order.at(-1), 'app-1');
  t.is(book.get('app-5')?.state, 'queued');
  t.like(book.get('app-10'), { state: 'cancelled', cancelledBy: 'U1' });
});

test('a pattern takes its branches alone', async (t) => {
  const { requests, book } = aWorld([...others, aRun(6, { branch: 'feature/d' }), aRun(7, { branch: 'feature/d/e' })]);
  t.like(await requests.cancelAll({ repository: 'app', branches: 'feature/*', by: 'U1' }), { cancelled: 1 });
  t.deepEqual(
    ['app-1', 'app-6', 'app-7'].map((id) => book.get(id)?.state),
    ['running', 'cancelled', 'queued'],
  );
});

test('what had a message shows there that it is cancelled; what had none gets none, and is forgotten like others', async (t) => {
  const { requests, book } = aWorld([...others, aRun(6, { branch: 'b' })]);
  await requests.cancelAll({ repository: 'app', by: 'U1' });
  t.is(book.get('app-1')?.delivery.unannounced, undefined);
  t.true(book.get('app-6')?.delivery.unannounced);
  const cleaned = await book.change('app-6', (run) => ({ ...run, delivery: { ...run.delivery, cleaned: true } }));
  t.true(isSettled(cleaned));
});

test('what begins while others are cancelled is cancelled, too', async (t) => {
  const { requests, book } = aWorld([aRun(1), aRun(2, { branch: 'b' })]);
  let begun = false;
  book.onChange(async () => {
    if (!begun) {
      begun = true;
      await book.move('app-1', 'running');
    }
  });
  await requests.cancelAll({ repository: 'app', by: 'U1' });
  await book.idle();
  t.deepEqual(
    book.all().map(({ state }) => state),
    ['cancelled', 'cancelled'],
  );
});
