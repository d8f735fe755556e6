import test from 'ava';
import type { Run } from '../../../src/core/run/run.ts';
import { withStage } from '../../../src/core/run/stages.ts';
import { aGithub, aRelease, aRepository, passedRun, stock } from '../releasing.ts';
import { at } from '../world.ts';

test('nobody can vote before the vote has opened: nothing without a version is approved', async (t) => {
  const { approve, book } = aRelease([passedRun(1)]);
  await t.throwsAsync(approve('app-1'), { message: /^app-1 cannot be approved or rejected yet/ });
  t.is(book.get('app-1')?.state, 'passed');
});

test('a version that is out already opens no vote, whoever has released it', async (t) => {
  const published = { state: 'published', ours: false, release: { id: 9, url: 'there', draft: false } } as const;
  const { github } = aGithub({ findRelease: async () => published });
  const one = aRelease([passedRun(1)], { github });
  t.regex((await one.step('app-1'))?.release?.problem ?? '', /^v1\.2\.3 has already been released \(there\)\. Bump the version/);
  await t.throwsAsync(one.approve('app-1'), { message: /cannot be released/ });

  const released = passedRun(1, { state: 'released', release: { version: '1.2.3', tag: 'v1.2.3', requiredVotes: 1, votes: [] } });
  const other = aRelease([released, passedRun(2, { branch: 'hotfix' })]);
  t.regex((await other.step('app-2'))?.release?.problem ?? '', /^v1\.2\.3 is already released, by app-1\. Bump the version .* to `hotfix`/);
});

test('what GitHub does not say about a version keeps no vote from opening', async (t) => {
  const { github } = aGithub({ findRelease: async () => Promise.reject(new Error('502')) });
  const { step } = aRelease([passedRun(1)], { github });
  t.like(await step('app-1'), { release: { tag: 'v1.2.3', problem: undefined } });
});

test('no image is pushed over that of a release which came out when this one had begun', async (t) => {
  let taken = false;
  const { github } = aGithub({ tagSha: async () => (taken ? 'f'.repeat(40) : undefined) });
  const { step, approve, decisions, world } = aRelease([passedRun(1)], { github, repository: aRepository({ images: [stock] }) });
  await step('app-1');
  await approve('app-1');
  await step('app-1');
  taken = true;
  const run = await step('app-1', 3);
  t.like(run, { state: 'releasing', release: { github: { state: 'failed' }, images: [{ name: 'stock', state: 'waiting' }] } });
  t.deepEqual(world.created, []);
  taken = false;
  await decisions.tryAgain('app-1', 'github');
  await step('app-1', 3);
  t.true(world.created.includes('Job stock'));
});

test('of two approved runs with one version only one is cut, also where both begin at the same moment', async (t) => {
  const { step, approve, book, world } = aRelease([passedRun(1), passedRun(2, { branch: 'hotfix' })], {
    repository: aRepository({ images: [stock] }),
  });
  for (const id of ['app-1', 'app-2']) {
    await step(id);
    await approve(id);
  }
  await Promise.all([step('app-1'), step('app-2')]);
  t.is(book.get('app-1')?.state, 'releasing');
  t.like(book.get('app-2'), {
    state: 'failed',
    reason:
      'v1.2.3 is already being released, by app-1. Bump the version in `README.md` with a commit to `hotfix`; the run of that commit can be released.',
  });
  await step('app-1', 3);
  t.is(world.created.filter((one) => one === 'Job stock').length, 1);
});

test('a part that failed after a long freeze waits a day for a person all the same', async (t) => {
  const { github } = aGithub({ publish: async () => Promise.reject(Object.assign(new Error('no'), { retry: false })) });
  const { step, approve, clock, world } = aRelease([passedRun(1)], { github });
  await step('app-1');
  await approve('app-1');
  world.frozen = 'the weekend';
  await step('app-1');
  clock.now = at(1000 + 60 * 3600);
  world.frozen = '';
  t.like(await step('app-1', 5), { state: 'releasing', release: { github: { state: 'failed' } } });
  clock.now = at(1000 + 84 * 3600);
  t.is((await step('app-1'))?.state, 'failed');
});

test('an image that the configuration no longer has fails its release, and does not hold it for ever', async (t) => {
  const { step, approve, world } = aRelease([passedRun(1)], { repository: aRepository({ images: [stock] }) });
  await step('app-1');
  await approve('app-1');
  await step('app-1');
  world.repository = aRepository();
  const run = await step('app-1', 3);
  t.is(run?.release?.images?.[0]?.state, 'failed');
  t.regex(run?.release?.images?.[0]?.cause?.title ?? '', /stock is no longer in the configuration/);
});

test('another attempt at an image gets the passwords as they are by then', async (t) => {
  const { step, approve, decisions, book, world } = aRelease([passedRun(1)], { repository: aRepository({ images: [stock] }) });
  await step('app-1');
  await approve('app-1');
  await step('app-1', 4);
  t.deepEqual(
    world.created.filter((one) => one.startsWith('replaced')),
    [],
  );
  await book.change('app-1', (run) => withStage(run, 'stock', { state: 'failed' }));
  await decisions.tryAgain('app-1', 'stock');
  await step('app-1', 2);
  t.true(world.created.includes('replaced release-registry-config'));
});

test('whoever started the run of which this is a retry, or wrote its commit in other letters, has no vote', async (t) => {
  const first = passedRun(1, { state: 'failed', cause: { kind: 'command', by: 'U4', key: 'a' } });
  const author = { name: 'Ada', email: 'Ada@Example.com' };
  const again = passedRun(2, { retryOf: 'app-1', cause: { kind: 'retry', by: 'U5', key: 'b' }, commit: { sha: '2'.repeat(40), author } });
  const { step, approve } = aRelease([first, again]);
  await step('app-2');
  for (const by of ['U1', 'U4', 'U5']) await t.throwsAsync(approve('app-2', by), { message: /^You started app-2 or wrote its commit/ });
  t.true((await approve('app-2', 'U2')).complete);
});

test('a release that is out, but whose tag was not yet seen to be right when the bot ended, is looked at again', async (t) => {
  const ours = { state: 'published', ours: true, release: { id: 7, url: 'there', draft: false } } as const;
  let out = false;
  const moved = Object.assign(new Error('v1.2.3 is published, and its tag is at fffffff'), { retry: false });
  const { github } = aGithub({ findRelease: async () => (out ? ours : { state: 'none' }), publish: async () => Promise.reject(moved) });
  const { step, approve, decisions, world } = aRelease([passedRun(1)], { github });
  await step('app-1');
  await approve('app-1');
  await step('app-1', 2);
  out = true;
  await decisions.tryAgain('app-1', 'github');
  t.like(await step('app-1'), { state: 'releasing', release: { github: { state: 'failed' } } });
  github.publish = async () => ours.release;
  await decisions.tryAgain('app-1', 'github');
  t.is((await step('app-1', 2))?.state, 'released');
  t.deepEqual(world.discarded, ['app-1']);
});

test('an older line is not shown as the latest, neither beside what was out at the vote nor beside what came out since', async (t) => {
  const { github, calls } = aGithub();
  const since = passedRun(3, { state: 'released', release: { version: '2.0.0', tag: 'v2.0.0', requiredVotes: 1, votes: [] } });
  const { step, approve } = aRelease([passedRun(1), since], { github });
  await step('app-1');
  await approve('app-1');
  t.is((await step('app-1', 3))?.state, 'released');
  t.is(calls.at(-1), 'publish {"makeLatest":false,"assets":["runner"]}');
});

const newest = test.macro<[latest: string | undefined, others: readonly Run[], makeLatest: boolean]>(
  async (t, latest, others, makeLatest) => {
    const { github, calls } = aGithub({ latestRelease: async () => (latest === undefined ? undefined : { tag: latest }) });
    const { step, approve } = aRelease([passedRun(1), ...others], { github });
    await step('app-1');
    await approve('app-1');
    t.is((await step('app-1', 3))?.state, 'released');
    t.is(calls.at(-1), `publish {"makeLatest":${makeLatest},"assets":["runner"]}`);
  },
);
const going = (version: string, number = 3) =>
  passedRun(number, { state: 'releasing', release: { version, tag: `v${version}`, requiredVotes: 1, votes: [] } });

test('a version above what GitHub shows as the latest becomes the latest', newest, 'v1.2.2', [], true);
test('a newer release that others have made on GitHub stays the latest', newest, 'v2.0.0', [], false);
test('what GitHub shows of another prefix does not count', newest, 'app-v2.0.0', [], true);
test('a newer version that is being released will be the latest', newest, undefined, [going('2.0.0')], false);
test(
  'neither an older one nor a pre-release that is being released holds the latest back',
  newest,
  undefined,
  [going('2.0.0-rc.1'), going('1.2.2', 4)],
  true,
);
