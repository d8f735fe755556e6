import { githubName } from '@coxswain/sandbox';
import test from 'ava';
import { becomes, lin, people, says } from '../way/releasing.ts';
import { ada, aWay } from '../way/way.ts';

const build = { template: 'makisu', workspace: '100Mi', values: { commit: 'explicit' } };
const stages = (release: object) => [
  { name: 'image', image: { ...build, repository: 'sample/scheduler' } },
  { name: 'release', release },
];
const forGood = { status: 404, body: { message: 'Not Found' } };

test('notes that GitHub refuses for good hold up no release, and the run says so', async (t) => {
  const way = await aWay(t, { github: true, config: { stages: stages({ github: { assets: [], notes: 'generated' } }), over: { people } } });
  const { faults } = way.world.github ?? {};
  faults?.failNext(/\/compare\//, forGood, 500);
  faults?.failNext(/\/releases\/generate-notes$/, { status: 422, body: { message: 'Validation Failed' } }, 500);
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /Approve/, 60_000);
  await says(way, lin, 'approve scheduler-1');
  await becomes(way, 'scheduler-1', 'released', 30_000);
  t.is(way.world.github?.releases(githubName).length, 1);
});

test('a release whose GitHub answers 500 is cancelled, over a kill, and nothing is published', async (t) => {
  const way = await aWay(t, { github: true, config: { stages: stages({ github: { assets: [] } }), over: { people } } });
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /Approve/, 60_000);
  way.world.github?.faults.failNext(/^POST .*\/releases$/, { status: 500, body: { message: 'Server Error' } }, 500);
  await says(way, lin, 'approve scheduler-1');
  await becomes(way, 'scheduler-1', 'releasing');
  await way.showsUp('scheduler-1', /\*GitHub release\* creating the draft/);
  t.regex(await says(way, ada, 'cancel scheduler-1'), /scheduler-1 was cancelled by/);
  await way.world.bot.end('SIGKILL');
  way.world.github?.faults.clear();
  await way.start();
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  t.is((await way.record('scheduler-1'))?.state, 'cancelled');
  t.deepEqual(way.world.github?.releases(githubName), []);
});

test('a draft whose making was not heard of is named after a cancellation, over a kill', async (t) => {
  const way = await aWay(t, { github: true, config: { stages: stages({ github: { assets: [] } }), over: { people } } });
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /Approve/, 60_000);
  let isMade = false;
  const makes = (request: string) => {
    isMade ||= /^POST .*\/releases$/.test(request);
    return isMade;
  };
  way.world.github?.faults.cutNext(makes, 'after');
  const serverError = { status: 500, body: { message: 'Server Error' } };
  way.world.github?.faults.failNext((request) => isMade && /\/releases(\/|$)/.test(request), serverError, 500);
  await says(way, lin, 'approve scheduler-1');
  await way.showsUp('scheduler-1', /\*GitHub release\* creating the draft/);
  t.regex(await says(way, ada, 'cancel scheduler-1'), /scheduler-1 was cancelled by/);
  await way.world.bot.end('SIGKILL');
  await way.start();
  await new Promise((resolve) => setTimeout(resolve, 62_000));
  t.is((await way.record('scheduler-1'))?.release?.leftovers, undefined);
  way.world.github?.faults.clear();
  await way.showsUp('scheduler-1', /draft of v0\.1\.0.* is still on GitHub/, 60_000);
  t.true(way.world.github?.releases(githubName).every(({ draft }) => draft));
});

test('a release whose image is pushed is not cancelled any more, and the refusal says which', async (t) => {
  const images = [{ ...build, template: 'release-tested', name: 'release-stock', repository: 'sample/scheduler-release' }];
  const way = await aWay(t, { github: true, config: { stages: stages({ github: { assets: [] }, images }), over: { people } } });
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /Approve/, 60_000);
  way.world.github?.faults.failNext(/^POST .*\/releases$/, { status: 500, body: { message: 'Server Error' } }, 500);
  await says(way, lin, 'approve scheduler-1');
  await way.showsUp('scheduler-1', /✓ \*release-stock\* passed/, 60_000);
  const told = await says(way, ada, 'cancel scheduler-1');
  t.regex(
    told,
    /scheduler-1 can no longer be cancelled: it is being released, and its image `release-stock` has been pushed \(`sample\/scheduler-release:/,
  );
  way.world.github?.faults.clear();
  await becomes(way, 'scheduler-1', 'released', 60_000);
});
