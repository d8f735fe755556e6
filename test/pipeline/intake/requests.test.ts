import test from 'ava';
import { aWorld, sha } from '../asking.ts';
import { aRepository } from '../releasing.ts';
import { aRun } from '../world.ts';

test('the first look at a repository starts nothing, the next new commit does, once', async (t) => {
  const { poller, present, ids } = aWorld();
  await poller.pollAll();
  t.deepEqual(ids(), []);
  present.heads = { main: sha('b') };
  await poller.pollAll();
  await poller.pollAll();
  t.deepEqual(ids(), ['app-1 b commit']);
});

test('a new branch is a change', async (t) => {
  const { poller, present, ids } = aWorld([], { main: sha('a') }, undefined, {}, { branches: ['main', 'next'] });
  await poller.pollAll();
  present.heads = { main: sha('a'), next: sha('c') };
  await poller.pollAll();
  t.deepEqual(ids(), ['app-1 c commit']);
});

test('a crash between the run and the note of its commit does not start a second run', async (t) => {
  const { poller, present, seenHeads, ids } = aWorld();
  await poller.pollAll();
  const before = seenHeads.get('app') ?? {};
  present.heads = { main: sha('b') };
  await poller.pollAll();
  seenHeads.set('app', before);
  await poller.pollAll();
  t.deepEqual(ids(), ['app-1 b commit']);
});

test('a run that a person starts takes the newest commit, and the poll does not start it again', async (t) => {
  const { poller, requests, present, ids } = aWorld();
  await poller.pollAll();
  present.heads = { main: sha('b') };
  const { run, isNew } = await requests.start({ repository: 'app', by: 'U1', key: 'k' });
  t.true(isNew);
  t.is(run.commit.sha, sha('b'));
  await poller.pollAll();
  t.deepEqual(ids(), ['app-1 b command']);
  t.false((await requests.start({ repository: 'app', by: 'U2', key: 'other' })).isNew);
});

test('what cannot be started is refused with what there is', async (t) => {
  const { requests } = aWorld();
  await t.throwsAsync(requests.start({ repository: 'nope', by: 'U1', key: 'k' }), {
    message: 'There is no repository `nope`. Configured: `app`.',
  });
  await t.throwsAsync(requests.start({ repository: 'app', branch: 'dev', by: 'U1', key: 'k' }), {
    message: 'app has no watched branch `dev`. Watched branches: `main`.',
  });
});

test('a retry starts at the first stage that did not pass and takes over the images and test counts before it', async (t) => {
  const image = { repository: 'acme/app', tag: 't', digest: 'sha256:1' };
  const progress = { tests: { passed: 4, failed: 0, skipped: 1 } };
  const failed = aRun(1, {
    state: 'failed',
    stages: [
      { name: 'image', kind: 'image', state: 'passed', image, progress },
      { name: 'test', kind: 'test', state: 'failed' },
    ],
  });
  const { requests } = aWorld([failed]);
  const { run } = await requests.retry('app-1', 'U1', 'k');
  t.like(run, { retryOf: 'app-1', commit: failed.commit });
  t.deepEqual(run.stages, [
    { name: 'image', kind: 'image', state: 'passed', reusedFrom: 'app-1', image, progress },
    { name: 'test', kind: 'test', state: 'waiting' },
  ]);
  t.false((await requests.retry('app-1', 'U2', 'other')).isNew);
});

test('a retry whose release takes files of the workspace begins at the first stage, and goes on with what is on GitHub', async (t) => {
  const stages = [
    { name: 'image', kind: 'image', state: 'passed' },
    { name: 'test', kind: 'test', state: 'passed' },
  ] as const;
  const { requests } = aWorld([aRun(1, { state: 'failed', stages })], {}, '', {}, aRepository());
  const { run } = await requests.retry('app-1', 'U1', 'k');
  t.like(run, { stages: [{ state: 'waiting' }, { state: 'waiting' }], release: { marker: '00000000000000000001' } });
  const images = aRepository({ github: { assets: [], notes: 'commits', log: false } });
  const other = aWorld([aRun(1, { state: 'failed', stages })], {}, '', {}, images);
  t.like((await other.requests.retry('app-1', 'U1', 'k')).run, { stages: [{ state: 'passed' }, { state: 'passed' }] });
});

test('a retry knows what the runs before may have pushed', async (t) => {
  const image = (name: string, state: 'passed' | 'skipped') => ({ name, kind: 'image', state }) as const;
  const release = { version: '1.2.3', tag: 'v1.2.3', requiredVotes: 1, votes: [], attemptedImages: ['before'] };
  const images = [image('stock', 'passed'), image('azure', 'skipped')];
  const failed = aRun(1, { state: 'failed', stages: [], release: { ...release, images } });
  const { requests } = aWorld([failed], {}, '', {}, aRepository());
  t.deepEqual((await requests.retry('app-1', 'U1', 'k')).run.release?.attemptedImages, ['before', 'stock']);
});

test('what is over cannot be cancelled, what is under way cannot be retried', async (t) => {
  const { requests } = aWorld([aRun(1, { state: 'failed' }), aRun(2)]);
  await t.throwsAsync(requests.cancel('app-1', 'U1'), { message: 'app-1 has already ended: it is failed.' });
  await t.throwsAsync(requests.retry('app-2', 'U1', 'k'), { message: /still queued/ });
  t.like(await requests.cancel('app-2', 'U1'), { state: 'cancelled', cancelledBy: 'U1' });
});

test('a run knows the version of its commit, and so does its retry; one that was not known is read again', async (t) => {
  const { requests } = aWorld([], { main: sha('a') }, 'ada@example.com', { version: '1.2.3', tag: 'v1.2.3' });
  const { run } = await requests.start({ repository: 'app', by: 'U1', key: 'k1' });
  t.like(run, { version: '1.2.3', tag: 'v1.2.3' });
  await requests.cancel(run.id, 'U1');
  t.like((await requests.retry(run.id, 'U1', 'k2')).run, { version: '1.2.3', tag: 'v1.2.3', retryOf: run.id });
  const unknown = aRun(1, { state: 'failed', versionProblem: 'the server did not answer' });
  const again = aWorld([unknown], undefined, undefined, { version: '1.2.4' });
  const retried = (await again.requests.retry('app-1', 'U1', 'k1')).run;
  t.is(retried.version, '1.2.4');
  t.is(retried.versionProblem, undefined);
});
