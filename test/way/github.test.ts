import { githubName } from '@coxswain/sandbox';
import test from 'ava';
import { aWay, type Way } from './way.ts';

const states = (way: Way, sha: string) => (way.world.github?.statuses(githubName, sha) ?? []).map(({ state }) => state);

test('the commit on GitHub goes from pending to success with its run', async (t) => {
  const way = await aWay(t, { github: true });
  await way.start();
  const { sha } = await way.world.sample.commitGood();
  await way.passes('scheduler-1');
  await way.until(() => states(way, sha).at(-1) === 'success');
  t.deepEqual(states(way, sha), ['pending', 'success']);
  const [, last] = way.world.github?.statuses(githubName, sha) ?? [];
  t.like(last, { context: 'coxswain/sandbox', description: 'scheduler-1 is passed' });
});

test('the commit on GitHub goes from pending to failure, and a GitHub that is down meanwhile hears it later', async (t) => {
  const way = await aWay(t, { github: true });
  await way.start();
  way.world.github?.faults.failNext(/^POST .*\/statuses\//, { status: 502, body: {} }, 2);
  const { sha } = await way.world.sample.commitFailing('test');
  await way.showsUp('scheduler-1', /failed after/);
  await way.until(() => states(way, sha).at(-1) === 'failure', 40_000);
  const statuses = way.world.github?.statuses(githubName, sha) ?? [];
  t.deepEqual([...new Set(statuses.map(({ state }) => state))], ['pending', 'failure']);
  t.regex(statuses.at(-1)?.description ?? '', /^scheduler-1 failed: /);
});

test('a token that GitHub refuses holds nothing up', async (t) => {
  const way = await aWay(t, { github: true });
  way.world.github?.faults.failNext(/./, { status: 401, body: { message: 'Bad credentials' } }, 1_000);
  await way.start();
  await way.world.sample.commitGood();
  await way.passes('scheduler-1');
  await way.until(() => way.lines.some((line) => line.includes('GITHUB_TOKEN is invalid')));
  t.pass();
});
