import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { startRegistry } from '../../src/sandbox/registry/registry.ts';
import { githubName } from '../../src/sandbox/world.ts';
import { ada, aWay, guest, type Way, wordsOf } from './way.ts';

const lin = 'U0456LIN';
const build = { template: 'makisu', workspace: '100Mi', values: { commit: 'explicit' } };
const stages = (release: object) => [
  { name: 'image', image: { ...build, repository: 'sample/scheduler' } },
  { name: 'test', test: { template: 'test' } },
  { name: 'release', release },
];
const people = { operators: ['U0123ADA'], approvers: ['S0456APPROVE'], emails: { 'ada@example.com': ada } };
const github = { assets: ['scheduler/*.sh', 'README.md'], notes: 'commits', log: true };

/** Everything that a person is told in private, after having done something. */
async function told(way: Way, user: string, act: () => Promise<unknown>): Promise<string> {
  const before = way.slack.ephemerals(user).length;
  await act();
  await way.slack.until(() => way.slack.ephemerals(user).length > before);
  return wordsOf(way.slack.ephemerals(user).at(-1) ?? { text: '' });
}

async function becomes(way: Way, id: string, state: string): Promise<void> {
  await way.until(
    async () => (await way.record(id))?.state === state,
    60_000,
    () => `${id} to become ${state}; it shows:\n${way.shown(id)}`,
  );
}

const pressed = (way: Way, user: string, button: RegExp) => async () => {
  const [message] = way.messagesOf('scheduler-1');
  const value = JSON.stringify(message?.blocks).match(button)?.[0] ?? '';
  await way.slack.press(user, { ts: message?.ts ?? '', action: value });
};
const approveButton = /approve scheduler-1 [0-9a-f]{7} v[^"]+/;

test('a run that passed is released when another approver approves: tag, notes, assets with checksums, image', async (t) => {
  const images = [{ ...build, name: 'release-stock', repository: 'sample/scheduler-release' }];
  const way = await aWay(t, { github: true, config: { stages: stages({ github, images }), over: { people } } });
  await way.start();
  const { sha } = await way.world.sample.commitGood();
  const asks = await way.showsUp('scheduler-1', /v\d+\.\d+\.\d+/);
  t.regex(asks, /Approve/);
  const tag = (await way.record('scheduler-1'))?.release?.tag ?? '';

  t.regex(await told(way, guest, pressed(way, guest, approveButton)), /may not decide about releases/);
  await told(way, lin, pressed(way, lin, approveButton));
  await becomes(way, 'scheduler-1', 'released');
  const [release, ...others] = way.world.github?.releases(githubName) ?? [];
  t.deepEqual(others, []);
  t.like(release, { tag, draft: false });
  t.is(execFileSync('git', ['rev-parse', `${tag}^{commit}`], { cwd: way.world.sample.path, encoding: 'utf8' }).trim(), sha);

  const files = new Map(release?.assets.map((asset) => [asset.name, readFileSync(way.world.github?.assetFile(asset) ?? '')]));
  t.true(files.has('assign.sh') && files.has('README.md') && files.has('scheduler-1-test.log'), [...files.keys()].join());
  for (const line of String(files.get('SHA256SUMS')).trim().split('\n')) {
    const [sum, name = ''] = line.split('  ');
    t.is(
      createHash('sha256')
        .update(files.get(name) ?? '')
        .digest('hex'),
      sum ?? '',
      name,
    );
  }
  const stored = (await way.world.registry?.images())?.find(({ repository }) => repository === 'sample/scheduler-release');
  t.is(stored?.tag, tag.replace(/^v/, ''));
  t.regex(await told(way, lin, pressed(way, lin, approveButton)).catch(() => 'no button'), /no button|is released/);
});

test('an image that failed is tried again alone, and only then is anything published', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-outside-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const first = await startRegistry({ folder });
  const { port } = new URL(first.url);
  await first.close();
  const images = [{ ...build, name: 'release-stock', repository: 'sample/out', registry: 'outside' }];
  const registries = { outside: { push: first.host, api: first.url } };
  const way = await aWay(t, { github: true, config: { stages: stages({ github: { assets: [] }, images }), over: { people, registries } } });
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /Approve/);
  await told(way, lin, () => way.slack.type(lin, '#ci', '/cox approve scheduler-1'));
  t.regex(await way.showsUp('scheduler-1', /release-stock.* failed/, 60_000), /retry scheduler-1 release-stock|Retry/);
  t.deepEqual(way.world.github?.releases(githubName), []);

  const again = await startRegistry({ folder, port: Number(port) });
  t.teardown(() => again.close());
  await told(way, ada, () => way.slack.type(ada, '#ci', '/cox retry scheduler-1 release-stock'));
  await becomes(way, 'scheduler-1', 'released');
  t.is((await way.record('scheduler-1'))?.stages.find(({ name }) => name === 'release-stock')?.attempt, 2);
  t.is(way.world.github?.releases(githubName).length, 1);
  t.is((await again.images()).length, 1);
});

test('a freeze holds an approved release, a rejection ends one, and the audit tells of both and of who was refused', async (t) => {
  const way = await aWay(t, { github: true, config: { stages: stages({ github: { assets: [] } }), over: { people } } });
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /Approve/);
  await told(way, ada, () => way.slack.type(ada, '#ci', '/cox freeze the fair is on'));
  await told(way, lin, () => way.slack.type(lin, '#ci', '/cox approve scheduler-1'));
  await way.showsUp('scheduler-1', /the fair is on/);
  await told(way, ada, () => way.slack.type(ada, '#ci', '/cox unfreeze'));
  await becomes(way, 'scheduler-1', 'released');

  await way.world.sample.commitGood();
  await way.showsUp('scheduler-2', /v0\.1\.0 is released already/);
  await told(way, ada, () => way.slack.type(ada, '#ci', '/cox version scheduler patch'));
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-3', /Approve/);
  await told(way, guest, () => way.slack.type(guest, '#ci', '/cox reject scheduler-3 no'));
  await told(way, lin, () => way.slack.type(lin, '#ci', '/cox reject scheduler-3 too slow'));
  t.regex(await way.showsUp('scheduler-3', /rejected/), /too slow/);
  const audit = await told(way, ada, () => way.slack.type(ada, '#ci', '/cox audit'));
  for (const entry of [
    /freeze the fair is on/,
    /approve scheduler-1/,
    /unfreeze/,
    /reject scheduler-3 no/,
    /may not decide/,
    /reject scheduler-3 too slow/,
  ]) {
    t.regex(audit, entry);
  }
});
