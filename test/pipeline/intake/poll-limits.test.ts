import test from 'ava';
import { aWorld, repository, sha } from '../asking.ts';

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`feature/${String(i).padStart(5, '0')}`, sha('c')]));
const wide = { branches: ['main', 'feature/*'] };

test('of many new branches one poll starts as many runs as it may; the others are told once, and no later poll starts them', async (t) => {
  const { poller, present, told, ids, seenHeads } = aWorld([], { main: sha('a') }, undefined, {}, wide);
  await poller.pollAll();
  present.heads = { main: sha('a'), ...many(10_000) };
  await poller.pollAll();
  t.is(ids().length, 20);
  t.is(told.length, 1);
  t.like(told[0], { repository: 'app', channel: '#ci', limit: 20 });
  t.is(told[0]?.branches.length, 9_980);
  await poller.pollAll();
  t.is(ids().length, 20);
  t.is(told.length, 1);
  t.deepEqual(seenHeads.get('app'), present.heads);
  present.heads = { ...present.heads, 'feature/09999': sha('d') };
  await poller.pollAll();
  t.is(ids().length, 21, 'its next commit starts a run as usual');
});

test('a branch that the configuration names, and one that was there before, come before new ones', async (t) => {
  const { poller, present, book } = aWorld([], { main: sha('a'), 'feature/known': sha('a') }, undefined, {}, wide);
  await poller.pollAll();
  present.heads = { ...many(100), 'feature/known': sha('b'), main: sha('b') };
  await poller.pollAll();
  const branches = book.all().map(({ branch }) => branch);
  t.deepEqual(branches.slice(0, 2), ['main', 'feature/known']);
  t.is(branches.length, 20);
});

test('a kill in the middle starts neither more runs nor a second word', async (t) => {
  const { poller, pollerOf, present, told, ids, book } = aWorld([], { main: sha('a') }, undefined, {}, wide);
  await poller.pollAll();
  present.heads = { main: sha('a'), ...many(50) };
  // The poll is never ended: what it has saved by then is what the next start finds.
  const killed = new Promise<void>((resolve) => book.onChange(() => (book.all().length === 7 ? resolve() : undefined)));
  void poller.pollAll();
  await killed;
  await pollerOf(wide).pollAll();
  t.is(ids().length, 20);
  t.is(told.length, 1);
});

test('a poll that fails is said once, asked again less and less often, and forgotten when it goes well', async (t) => {
  const { poller, present, ids, logged } = aWorld();
  await poller.pollAll();
  logged.length = 0;
  present.error = new Error('no route');
  await poller.pollAll();
  t.is(poller.status('app').lastPoll?.error, 'no route');
  delete present.error;
  present.heads = { main: sha('b') };
  await poller.pollAll();
  t.deepEqual(ids(), [], 'its time has not come');
  present.error = new Error('still none');
  await poller.poll(repository);
  t.is(logged.length, 1);
  t.regex(logged[0] ?? '', /no route; retrying in [45] s, then less and less often/);
  delete present.error;
  await poller.poll(repository);
  t.deepEqual(ids(), ['app-1 b commit']);
  t.regex(logged.at(-1) ?? '', /working again; it had been failing since/);
});

test('a repository that answers slowly holds up neither the others nor the next poll of them', async (t) => {
  const slow = Promise.withResolvers<void>();
  const { pollerOf, present } = aWorld();
  const poller = pollerOf({});
  present.until = slow.promise;
  void poller.pollAll();
  await poller.pollAll();
  t.pass('the second poll leaves out what is under way');
  slow.resolve();
});
