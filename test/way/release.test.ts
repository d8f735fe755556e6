import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { githubName, startRegistry } from '@coxswain/sandbox';
import test from 'ava';
import { assetsOf, becomes, lin, people, pressApprove, says, told } from './releasing.ts';
import { ada, aWay, guest, type Way } from './way.ts';

const build = { template: 'makisu', workspace: '100Mi', values: { commit: 'explicit' } };
const stages = (release: object) => [
  { name: 'image', image: { ...build, repository: 'sample/scheduler' } },
  { name: 'test', test: { template: 'test' } },
  { name: 'release', release },
];
async function layersOf({ world }: Way, repository: string, digest = 'none'): Promise<unknown[]> {
  const answer = await fetch(`${world.registry?.url}/v2/${repository}/manifests/${digest}`);
  return ((await answer.json()) as { layers: unknown[] }).layers;
}

const github = { assets: ['scheduler/*.sh', 'README.md'], notes: 'commits', log: true };

test('a run that passed is released when another approver approves: tag, notes, assets with checksums, the tested image', async (t) => {
  const images = [{ ...build, template: 'release-tested', name: 'release-stock', repository: 'sample/scheduler-release' }];
  const way = await aWay(t, { github: true, config: { stages: stages({ github, images }), over: { people } } });
  await way.start();
  const { sha } = await way.world.sample.commitGood();
  const asks = await way.showsUp('scheduler-1', /v\d+\.\d+\.\d+/);
  t.regex(asks, /Approve/);
  const tag = (await way.record('scheduler-1'))?.release?.tag ?? '';

  t.regex(await told(way, guest, () => pressApprove(way, guest, 'scheduler-1')), /may not approve or reject releases/);
  await told(way, lin, () => pressApprove(way, lin, 'scheduler-1'));
  await becomes(way, 'scheduler-1', 'released');
  const [release, ...others] = way.world.github?.releases(githubName) ?? [];
  t.deepEqual(others, []);
  t.like(release, { tag, draft: false });
  t.is(execFileSync('git', ['rev-parse', `${tag}^{commit}`], { cwd: way.world.sample.path, encoding: 'utf8' }).trim(), sha);

  if (!way.world.github || !release) return t.fail('no release');
  const { names, wrong } = assetsOf(way.world.github, release);
  t.deepEqual(wrong, []);
  for (const name of ['assign.sh', 'README.md', 'SHA256SUMS', 'scheduler-1-test.log']) t.true(names.includes(name), names.join());
  const stored = (await way.world.registry?.images())?.find(({ repository }) => repository === 'sample/scheduler-release');
  t.is(stored?.tag, tag.replace(/^v/, ''));
  const built = (await way.record('scheduler-1'))?.stages.find(({ name }) => name === 'image')?.image;
  const tested = await layersOf(way, 'sample/scheduler', built?.digest);
  t.true(tested.length > 0);
  t.deepEqual(await layersOf(way, 'sample/scheduler-release', stored?.digest), tested);
  t.regex(await told(way, lin, () => pressApprove(way, lin, 'scheduler-1')).catch(() => 'no button'), /no button|is released/);
});

test('an image that failed is tried again alone, and only then is anything published', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-outside-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const first = await startRegistry({ folder });
  const { port } = new URL(first.url);
  const images = [{ ...build, name: 'release-stock', repository: 'sample/out', registry: 'outside' }];
  const registries = { outside: { push: first.host, api: first.url } };
  const way = await aWay(t, { github: true, config: { stages: stages({ github: { assets: [] }, images }), over: { people, registries } } });
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /Approve/);
  // It goes down when it was seen to have no such image yet, and before one can be pushed.
  way.world.kubernetes?.onChange(() => {
    const jobs = way.world.kubernetes?.snapshot().namespaces.flatMap((namespace) => namespace.jobs) ?? [];
    if (jobs.some(({ name }) => name === 'release-stock')) void first.close();
  });
  await says(way, lin, 'approve scheduler-1');
  t.regex(await way.showsUp('scheduler-1', /release-stock.* failed/, 60_000), /retry scheduler-1 release-stock|Retry/);
  t.deepEqual(way.world.github?.releases(githubName), []);

  const again = await startRegistry({ folder, port: Number(port) });
  t.teardown(() => again.close());
  await says(way, ada, 'retry scheduler-1 release-stock');
  await becomes(way, 'scheduler-1', 'released');
  t.is((await way.record('scheduler-1'))?.release?.images?.find(({ name }) => name === 'release-stock')?.attempt, 2);
  t.is(way.world.github?.releases(githubName).length, 1);
  t.is((await again.images()).length, 1);
});

test('a freeze holds an approved release, a rejection ends one, and the audit tells of both and of who was refused', async (t) => {
  const way = await aWay(t, { github: true, config: { stages: stages({ github: { assets: [] } }), over: { people } } });
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /Approve/);
  await says(way, ada, 'freeze demo day');
  await says(way, lin, 'approve scheduler-1');
  await way.showsUp('scheduler-1', /demo day/);
  await says(way, ada, 'unfreeze');
  await becomes(way, 'scheduler-1', 'released');

  await way.world.sample.commitGood();
  await way.showsUp('scheduler-2', /v0\.1\.0 is already released/);
  await says(way, ada, 'version scheduler patch');
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-3', /Approve/);
  await says(way, guest, 'reject scheduler-3 no');
  await says(way, lin, 'reject scheduler-3 too slow');
  t.regex(await way.showsUp('scheduler-3', /rejected/), /too slow/);
  const audit = await says(way, ada, 'audit');
  for (const entry of [
    /freeze demo day/,
    /approve scheduler-1/,
    /unfreeze/,
    /reject scheduler-3 no/,
    /may not approve/,
    /reject scheduler-3 too slow/,
  ]) {
    t.regex(audit, entry);
  }
});
