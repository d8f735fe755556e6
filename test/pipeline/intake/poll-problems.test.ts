import test from 'ava';
import { UserError } from '../../../src/core/errors.ts';
import { aWorld, repository, sha } from '../asking.ts';
import { at } from '../world.ts';

const minutes = (count: number) => at(count * 60);

test('a channel is told once that a person has to mend what keeps a repository from being polled, and once that it works again', async (t) => {
  const { poller, pollerOf, present, clock, polls } = aWorld([], { main: sha('a') });
  await poller.poll(repository);
  present.error = new UserError('git.example refuses the login: check GIT_USERNAME.');
  await poller.poll(repository);
  t.deepEqual(polls, []);
  for (const minute of [2, 3, 60]) {
    clock.now = minutes(minute);
    await poller.poll(repository);
  }
  t.like(polls, [{ repository: 'app', since: at(0).toISOString(), problem: 'git.example refuses the login: check GIT_USERNAME.' }]);
  await pollerOf({}).poll(repository);
  t.is(polls.length, 1, 'a restart tells nothing again');
  delete present.error;
  await pollerOf({}).poll(repository);
  await poller.poll(repository);
  t.is(polls.length, 2);
  t.like(polls[1], { since: at(0).toISOString(), problem: undefined });
});

test('a single commit that cannot be read is not told as a repository that cannot be polled', async (t) => {
  const { poller, present, clock, polls } = aWorld([], { main: sha('a') });
  await poller.poll(repository);
  present.heads = { main: sha('b') };
  present.unreadable = new Error('git.example sent half an answer');
  for (const minute of [1, 30]) {
    clock.now = minutes(minute);
    await poller.poll(repository);
  }
  t.regex(poller.status('app').lastPoll?.error ?? '', /half an answer/);
  t.deepEqual(polls, []);
});

test('what may pass by itself is told only after ten minutes', async (t) => {
  const { poller, present, clock, polls } = aWorld([], { main: sha('a') });
  present.error = new Error('git.example answers 502');
  for (const minute of [0, 1, 5, 9]) {
    clock.now = minutes(minute);
    await poller.poll(repository);
  }
  t.deepEqual(polls, []);
  clock.now = minutes(10);
  await poller.poll(repository);
  t.is(polls.length, 1);
});

test('a repository that had branches and has none is told in its channel', async (t) => {
  const { poller, present, clock, polls } = aWorld([], { main: sha('a') });
  await poller.poll(repository);
  present.heads = {};
  await poller.poll(repository);
  clock.now = minutes(2);
  await poller.poll(repository);
  t.regex(polls[0]?.problem ?? '', /^The server says that the repository has no branches at all/);
});

test('what could not be saved is told after the next poll, and the poll goes on', async (t) => {
  const world = aWorld([], { main: sha('a') });
  world.present.error = new UserError('no access');
  await world.poller.poll(repository);
  world.clock.now = minutes(2);
  world.failing.problem = new Error('no space left on device');
  await world.poller.poll(repository);
  t.deepEqual(world.polls, []);
  t.true(world.logged.some((line) => /the notice about polls of app cannot be saved: no space left/.test(line)));
  delete world.failing.problem;
  await world.poller.poll(repository);
  t.is(world.polls.length, 1);
});
