import { createHash } from 'node:crypto';
import { githubName } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { startRegistry } from '../interop/servers/registries.ts';
import { type Fault, faultProxy } from '../interop/support/fault-proxy.ts';
import { ociIndex, ociManifest, pushImage, pushManifest } from '../interop/support/image.ts';
import { becomes, lin, people, says } from '../way/releasing.ts';
import { aLab, imageStage, type Stage } from './lab.ts';
import { skopeoImage } from './skopeo-image.ts';

const long = 180_000;
/** This machine as pods say it. */
const host = '198.18.0.1';
const image = 'harbour/app:0.1.0';
const tools = async () => ({
  git: 'docker.io/alpine/git:latest',
  busybox: 'docker.io/library/busybox:1.35',
  redis: 'docker.io/library/redis:7',
  skopeo: await skopeoImage(),
});

/** A run on the real cluster that has passed, whose release would be copied to a registry of another kind, through a proxy that the bot alone asks. */
async function atVote(t: ExecutionContext, name: string, ...faults: readonly Fault[]) {
  const outside = await startRegistry('crane', { address: host });
  t.teardown(() => outside.stop());
  const proxy = await faultProxy(outside.url);
  t.teardown(() => proxy.stop());
  proxy.set(...faults);
  const copy = { ...(imageStage('harbour/app', { registry: 'outside', template: 'release-copy' }).image as Stage), name: 'outside' };
  const lab = await aLab(t, {
    name,
    github: true,
    env: { PATH: process.env.PATH ?? '' },
    over: { people, registries: { outside: { push: outside.host, api: proxy.url } }, tools: await tools() },
    repositories: async () => ({
      scheduler: [imageStage(`lab/${name}`), { name: 'release', release: { github: { assets: [] }, images: [copy] } }],
    }),
  });
  await lab.way.start();
  await lab.way.world.sample.commitGood();
  return { way: lab.way, outside, proxy };
}

/** The digest of what has the tag of the release; undefined: nothing has. */
async function digestAt(url: string): Promise<string | undefined> {
  const answer = await fetch(`${url}/v2/harbour/app/manifests/0.1.0`, { headers: { accept: `${ociIndex}, ${ociManifest}` } });
  return answer.ok
    ? `sha256:${createHash('sha256')
        .update(new Uint8Array(await answer.arrayBuffer()))
        .digest('hex')}`
    : undefined;
}

test('an approved release is held while its registry asks to wait, and never pushed over what somebody else pushes meanwhile', async (t) => {
  const busy: Fault = { path: /harbour\/app/, instead: { status: 429, headers: { 'retry-after': '2' } } };
  const { way, outside, proxy } = await atVote(t, 'held', busy);
  await way.showsUp('scheduler-1', /It is not known whether `harbour\/app:0\.1\.0` is already in the registry outside/, long);
  await says(way, lin, 'approve scheduler-1');
  await way.showsUp('scheduler-1', /on hold: It is not known/, long);
  t.log(way.shown('scheduler-1'));
  t.is((await way.record('scheduler-1'))?.state, 'approved');
  t.is(await digestAt(outside.url), undefined, 'nothing is pushed unseen');

  const child = await pushImage(outside.url, 'harbour/app', 'child');
  const { mediaType, size, digest: gone } = child;
  const theirs = {
    schemaVersion: 2,
    mediaType: ociIndex,
    manifests: [{ mediaType, size, digest: gone, platform: { os: 'linux', architecture: 'amd64' } }],
  };
  const { digest } = await pushManifest(outside.url, 'harbour/app/manifests/0.1.0', { manifest: theirs, mediaType: ociIndex });
  t.true((await fetch(`${outside.url}/v2/harbour/app/manifests/${gone}`, { method: 'DELETE' })).ok, 'the image of its index is gone');
  proxy.set();
  await becomes(way, 'scheduler-1', 'failed', long);
  t.log(way.shown('scheduler-1'));
  t.regex(way.shown('scheduler-1'), new RegExp(`\`${image}\` is already in the registry outside`));
  t.is(await digestAt(outside.url), digest, 'what somebody else has pushed is as it was');
  t.deepEqual(way.world.github?.releases(githubName) ?? [], []);
});

test('an image that cannot be read at all is in the way of a release, and stays as it is', async (t) => {
  const cut: Fault = { path: /manifests\/0\.1\.0/, endAfter: 7 };
  const { way, outside } = await atVote(t, 'taken', cut);
  const { digest } = await pushImage(outside.url, 'harbour/app', '0.1.0');
  await way.showsUp('scheduler-1', new RegExp(`\`${image}\` is already in the registry outside`), long);
  t.log(way.shown('scheduler-1'));
  t.regex(await says(way, lin, 'approve scheduler-1'), /cannot be released/);
  t.is(await digestAt(outside.url), digest);
});
