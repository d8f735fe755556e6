import test from 'ava';
import { isOver } from '../../../src/core/run/run.ts';
import { releaseLines } from '../../../src/messages/release.ts';
import { runMessage } from '../../../src/messages/run.ts';
import { readable } from '../../messages/block-limits.ts';
import { view } from '../../messages/runs.ts';
import { aWorld, sha } from '../asking.ts';
import { aGithub, aRelease, aRepository, passedRun } from '../releasing.ts';

const opened = {
  version: '1.2.3',
  tag: 'v1.2.3',
  openedAt: '2026-01-01T00:00:00Z',
  expiresAt: '2036-01-01T00:00:00Z',
  requiredVotes: 1,
  votes: [],
};

test('a run of another branch has no release, and says why', async (t) => {
  const { poller, present, book } = aWorld(
    [],
    { main: sha('a') },
    undefined,
    {},
    { ...aRepository({ branches: ['main'] }), branches: ['main', 'feature/*'] },
  );
  await poller.pollAll();
  present.heads = { main: sha('a'), 'feature/x': sha('b') };
  await poller.pollAll();
  const [run] = book.all();
  t.is(run?.release, undefined);
  t.regex(run?.notReleased ?? '', /releases come from `main`/);
});

test('a vote is not opened for a branch that releases do not come from: the run ends as passed', async (t) => {
  const { step, book, approve } = aRelease([passedRun(1, { branch: 'feature/x' })]);
  await step('app-1');
  const run = book.get('app-1');
  t.like(run, { state: 'passed', release: undefined });
  t.true(run && isOver(run) && run.endedAt !== undefined);
  t.deepEqual(run && releaseLines(run, view), []);
  t.regex(readable(runMessage(run ?? passedRun(1), view)), /– no release: releases come from `main`, `hotfix` \(`release\.branches`/);
  await t.throwsAsync(approve('app-1'), { message: /^app-1 will not be released: releases come from `main`/ });
});

test('a vote that is open when the configuration takes the branch out is refused at once, and ends', async (t) => {
  const { github, calls } = aGithub();
  const run = passedRun(1, { branch: 'feature/x', release: opened });
  const { step, book, approve, decisions, clock } = aRelease([run], { github });
  await t.throwsAsync(approve('app-1'), { message: /^app-1 will not be released: .*this branch is `feature\/x`\.$/ });
  await t.throwsAsync(decisions.reject({ id: 'app-1', by: 'U2', at: clock.now }, 'no'), { message: /will not be released/ });
  await step('app-1');
  t.like(book.get('app-1'), { state: 'passed', release: undefined });
  t.deepEqual(calls, []);
});

test('what was approved before the configuration took the branch out is not cut', async (t) => {
  const { github, calls } = aGithub();
  const { step, book } = aRelease([passedRun(1, { state: 'approved', branch: 'feature/x', release: opened })], { github });
  await step('app-1', 3);
  t.like(book.get('app-1'), { state: 'cancelled' });
  t.regex(book.get('app-1')?.reason ?? '', /^not released: releases come from/);
  t.deepEqual(calls, []);
});

test('a release that has begun goes on', async (t) => {
  const { github } = aGithub();
  const release = { ...opened, github: { state: 'waiting' as const } };
  const { step, book } = aRelease([passedRun(1, { state: 'releasing', branch: 'feature/x', release })], { github });
  await step('app-1', 4);
  t.is(book.get('app-1')?.state, 'released');
});
