import { createHash } from 'node:crypto';
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { text } from 'node:stream/consumers';
import { githubName } from '@coxswain/sandbox';
import test from 'ava';
import { startRegistry } from '../interop/servers/registries.ts';
import { becomes, lin, people, pressApprove, told } from '../way/releasing.ts';
import { anAuthority } from './authority.ts';
import { aLab, imageStage, inRegistry, type Stage } from './lab.ts';
import { skopeoImage } from './skopeo-image.ts';
import { service, tokenFor, tokenServer } from './token-server.ts';

const long = 180_000;
/** This machine as pods say it. */
const host = '198.18.0.1';
const login = { username: 'coxswain', password: 'over-the-water' };
const tools = async () => ({
  git: 'docker.io/alpine/git:latest',
  busybox: 'docker.io/library/busybox:1.35',
  redis: 'docker.io/library/redis:7',
  skopeo: await skopeoImage(),
});

const copyTo = (name: string, registry: string): Stage => ({
  ...(imageStage('harbour/app', { registry, template: 'release-copy' }).image as Stage),
  name,
});

interface Asked {
  readonly url: string;
  readonly ca?: string;
  readonly token?: string;
}

/** What is under a tag, as somebody hears of it who knows neither the bot nor skopeo: the digest of the bytes themselves. */
async function digestAt({ url, ca, token }: Asked, repository: string, tag: string): Promise<string> {
  const accept = 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.index.v1+json';
  const headers = { accept, ...(token && { authorization: `Bearer ${token}` }) };
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const ask = url.startsWith('https:') ? secure : plain;
  const sent = ask(new URL(`/v2/${repository}/manifests/${tag}`, url), { headers, ...(ca && { ca }), agent: false }, (answer) => {
    text(answer).then(
      (body) => resolve(answer.statusCode === 200 ? `sha256:${createHash('sha256').update(body).digest('hex')}` : `${answer.statusCode}`),
      reject,
    );
  });
  sent.once('error', reject);
  sent.end();
  return promise;
}

test('release-copy sends the tested image to a registry with relative Locations and to one with TLS and tokens, under the digest that was tested', async (t) => {
  const relative = await startRegistry('olareg', { address: host });
  t.teardown(() => relative.stop());
  const begun = await fetch(`${relative.url}/v2/a/b/blobs/uploads/`, { method: 'POST' });
  t.regex(begun.headers.get('location') ?? '', /^\//, 'its Locations are relative');
  const authority = await anAuthority(t, [`IP:${host}`]);
  const realm = await tokenServer(t, { host, cert: authority.cert, key: authority.key, login });
  const guarded = await startRegistry('distribution', {
    address: host,
    tls: authority,
    auth: { realm, service, caFile: authority.caFile },
  });
  t.teardown(() => guarded.stop());

  const release = { github: { assets: [] }, images: [copyTo('to-relative', 'relative'), copyTo('to-guarded', 'guarded')] };
  const registries = {
    relative: { push: relative.host, api: relative.url },
    guarded: { push: guarded.host, api: guarded.url, ca: authority.caFile },
  };
  const lab = await aLab(t, {
    name: 'copy',
    github: true,
    env: { PATH: process.env.PATH ?? '', REGISTRY_GUARDED_USERNAME: login.username, REGISTRY_GUARDED_PASSWORD: login.password },
    over: { people, registries, tools: await tools() },
    repositories: async () => ({
      scheduler: [imageStage('lab/copy'), { name: 'test', test: { template: 'test' } }, { name: 'release', release }],
    }),
  });
  const { way } = lab;
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /Approve/, long);
  await told(way, lin, () => pressApprove(way, lin, 'scheduler-1'));
  await becomes(way, 'scheduler-1', 'released', long);

  const run = await way.record('scheduler-1');
  const tested = run?.stages.find(({ name }) => name === 'image')?.image?.digest ?? '';
  const tag = run?.version ?? '';
  const token = tokenFor(['repository:harbour/app:pull'], { cert: authority.cert, key: authority.key, subject: login.username });
  const outside = {
    'the cluster': await inRegistry('lab/copy', tested),
    olareg: await digestAt(relative, 'harbour/app', tag),
    'distribution v3': await digestAt({ url: guarded.url, ca: authority.ca, token }, 'harbour/app', tag),
  };
  t.log(outside);
  t.deepEqual(Object.values(outside), [tested, tested, tested]);
  t.log(way.shown('scheduler-1'));
  for (const { host: at } of [relative, guarded])
    t.true(way.shown('scheduler-1').includes(`\`${at}/harbour/app:${tag}\` is \`${tested}\`, the tested image`));
  t.is(way.world.github?.releases(githubName).length, 1);
  t.false(JSON.stringify([way.slack.messages('#ci'), way.thread('scheduler-1'), way.lines]).includes(login.password));
});

test('push: copy builds for a registry with relative Locations, where Makisu alone fails and says what to do', async (t) => {
  const relative = await startRegistry('olareg', { address: host });
  t.teardown(() => relative.stop());
  const build = (name: string, push: string): Stage => ({
    ...(imageStage('harbour/built', { registry: 'relative', template: 'makisu', push }).image as Stage),
    name,
  });
  const release = {
    github: { assets: [] },
    images: [build('copied', 'copy'), { ...build('direct', 'direct'), repository: 'harbour/direct' }],
  };
  const lab = await aLab(t, {
    name: 'push',
    github: true,
    env: { PATH: process.env.PATH ?? '' },
    over: { people, registries: { relative: { push: relative.host, api: relative.url } }, tools: await tools() },
    repositories: async () => ({
      scheduler: [imageStage('lab/push'), { name: 'test', test: { template: 'test' } }, { name: 'release', release }],
    }),
  });
  const { way } = lab;
  await way.start();
  await way.world.sample.commitGood();
  await way.showsUp('scheduler-1', /Approve/, long);
  await told(way, lin, () => pressApprove(way, lin, 'scheduler-1'));
  await way.showsUp('scheduler-1', /direct.* failed/, long);
  const stageNow = async (name: string) => (await way.record('scheduler-1'))?.release?.images?.find((one) => one.name === name);
  await way.until(async () => (await stageNow('copied'))?.state === 'passed', long);
  const copied = await stageNow('copied');
  t.log(copied?.progress, copied?.logs, copied?.image);
  t.is(copied?.image?.digest, await digestAt(relative, 'harbour/built', copied?.image?.tag ?? ''));
  t.deepEqual(
    copied?.logs?.map(({ container }) => container),
    ['clone', 'makisu', 'push'],
  );
  const cause = (await stageNow('direct'))?.cause;
  t.log(cause);
  t.like(cause, { title: 'Makisu cannot push to this registry: it answers with relative Locations' });
  t.regex(cause?.next ?? '', /`push: copy`/);
});
