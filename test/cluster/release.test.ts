import { execFileSync } from 'node:child_process';
import { githubName } from '@coxswain/sandbox';
import test from 'ava';
import { stageOf } from '../../src/core/run/stages.ts';
import { assetsOf, becomes, lin, people, pressApprove, says, told } from '../way/releasing.ts';
import { ada } from '../way/way.ts';
import { aLab, imageStage, type Lab, layersInRegistry, type Stage } from './lab.ts';
import { outsideRegistry } from './outside-registry.ts';

const long = 120_000;

const releaseImage = (name: string, template: string, registry: string, repository: string): Stage => ({
  ...(imageStage(repository, { registry, template }).image as Stage),
  name,
});

async function secretsOf({ api, namespaceOf }: Lab, run: string): Promise<string[]> {
  const path = `/api/v1/namespaces/${namespaceOf(run)}/secrets`;
  const { items } = (await api.json({ doing: 'list Secrets', path })) as { items: { metadata: { name: string } }[] };
  return items.map(({ metadata }) => metadata.name);
}

test('a second person approves: two images go to a registry with TLS and a password, the tested one and one at the second try, then assets, notes and tag', async (t) => {
  const outside = await outsideRegistry(t);
  const images = [
    releaseImage('release-stock', 'release-tested', 'outside', 'harbour/stock'),
    releaseImage('release-late', 'makisu', 'late', 'harbour/late'),
  ];
  const release = { github: { assets: ['scheduler/*.sh', 'README.md'], notes: 'commits', log: true }, images };
  const lab = await aLab(t, {
    name: 'release',
    github: true,
    env: { PATH: process.env.PATH ?? '', ...outside.env },
    over: { people, registries: outside.addresses },
    repositories: async () => ({
      scheduler: [imageStage('lab/release'), { name: 'test', test: { template: 'test' } }, { name: 'release', release }],
    }),
  });
  const { way, pods } = lab;
  await way.start();
  const { sha } = await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /Approve/, long);
  t.false((await secretsOf(lab, 'scheduler-1')).includes('release-registry-config'));
  const tag = (await way.record('scheduler-1'))?.release?.tag ?? '';

  await told(way, lin, () => pressApprove(way, lin, 'scheduler-1'));
  t.log(await way.showsUp('scheduler-1', /release-late.* failed/, long));
  await way.until(
    async () => (await way.record('scheduler-1'))?.release?.images?.find(({ name }) => name === 'release-stock')?.state === 'passed',
    long,
  );
  t.deepEqual(way.world.github?.releases(githubName), []);
  t.log(way.threadWords('scheduler-1'));
  t.regex(way.threadWords('scheduler-1'), /release-late\* failed: The registry late\.\S+ cannot be reached/);

  await outside.open();
  t.log(await says(way, ada, 'retry scheduler-1 release-late'));
  await becomes(way, 'scheduler-1', 'released', long);
  const run = await way.record('scheduler-1');
  t.log(await way.showsUp('scheduler-1', /released/));
  for (const [name, attempts] of [
    ['release-stock', 1],
    ['release-late', 2],
  ] as const) {
    const stage = run && stageOf(run, name);
    t.is(pods.of('scheduler-1', name).length, attempts, `pods of ${name}`);
    t.regex(stage?.image?.digest ?? '', /^sha256:[0-9a-f]{64}$/);
    t.is((await outside.image(stage?.image?.repository ?? '', tag.replace(/^v/, ''))).digest, stage?.image?.digest);
    t.true(way.shown('scheduler-1').includes((stage?.image?.digest ?? '').slice(7, 19)), `the digest of ${name} is shown`);
  }
  const tested = run?.stages.find(({ name }) => name === 'image')?.image;
  const layers = await layersInRegistry(tested?.repository ?? '', tested?.digest ?? '');
  t.true(layers.length > 1);
  t.deepEqual((await outside.image('harbour/stock', tag.replace(/^v/, ''))).layers, layers);
  t.is(await outside.anonymous('/v2/harbour/stock/manifests/latest'), 401);

  const { github } = way.world;
  const [made, ...others] = github?.releases(githubName) ?? [];
  if (!github || !made) return t.fail('no release');
  t.deepEqual(others, []);
  t.like(made, { tag, draft: false });
  const { names, wrong } = assetsOf(github, made);
  t.deepEqual(wrong, []);
  t.deepEqual(names.toSorted(), ['README.md', 'SHA256SUMS', 'assign.sh', 'scheduler-1-image.log', 'scheduler-1-test.log']);
  t.is(execFileSync('git', ['rev-parse', `${tag}^{commit}`], { cwd: way.world.sample.path, encoding: 'utf8' }).trim(), sha);
  const said = JSON.stringify([way.slack.messages('#ci'), way.thread('scheduler-1'), way.lines]);
  t.false(said.includes(outside.login.password));
});
