import test from 'ava';
import { UserError } from '../../../src/core/errors.ts';
import { aWorld, repository, sha } from '../asking.ts';

test('a commit that the server refuses to give out starts its run after three polls, with the reason, and is not asked for again', async (t) => {
  const { pollerOf, present, ids, book, seenHeads } = aWorld();
  const poller = pollerOf({});
  await poller.pollAll();
  present.heads = { main: sha('b') };
  present.unreadable = new UserError('git.example.com does not give it out.');
  for (let i = 0; i < 2; i += 1) await poller.poll(repository);
  t.deepEqual(ids(), []);
  await poller.poll(repository);
  t.deepEqual(ids(), ['app-1 b commit']);
  t.is(book.all()[0]?.commit.problem, 'Its author and message are unknown. git.example.com does not give it out.');
  t.deepEqual(seenHeads.get('app'), { main: sha('b') });
  t.is(poller.status('app').lastPoll?.error, undefined);
});

test('a commit that cannot be read for the moment waits', async (t) => {
  const { pollerOf, present, ids } = aWorld();
  const poller = pollerOf({});
  await poller.pollAll();
  present.heads = { main: sha('b') };
  present.unreadable = new Error('the connection broke');
  for (let i = 0; i < 5; i += 1) await poller.poll(repository);
  t.deepEqual(ids(), []);
  delete present.unreadable;
  await poller.poll(repository);
  t.deepEqual(ids(), ['app-1 b commit']);
});
