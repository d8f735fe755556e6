import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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

for (const template of ['release-copy', 'release-tested'])
  test(`a run that passed is released when another approver approves: tag, notes, assets with checksums, the tested image by ${template}`, async (t) => {
    const images = [{ ...build, template, name: 'release-stock', repository: 'sample/scheduler-release' }];
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
    t.is(stored?.digest === built?.digest, template === 'release-copy');
    const said = `is \`${built?.digest}\`, the tested image`;
    t.is(way.shown('scheduler-1').includes(said), template === 'release-copy', way.shown('scheduler-1'));
    t.regex(await told(way, lin, () => pressApprove(way, lin, 'scheduler-1')).catch(() => 'no button'), /no button|is released/);
  });

/** An OCI index of images for two platforms with an attestation of each, in the world's registry under a tag; gives its digest. */
async function indexIn({ world }: Way, repository: string, tag: string): Promise<string> {
  const url = world.registry?.url;
  const send = async (path: string, method: string, body: string, type: string) => {
    const answer = await fetch(`${url}/v2/${repository}/${path}`, { method, body, headers: { 'content-type': type } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  const blob = async (text: string, mediaType: string) => {
    const digest = digestOf(text);
    await send(`blobs/uploads/?digest=${digest}`, 'POST', text, 'application/octet-stream');
    return { mediaType, digest, size: text.length };
  };
  const image = async (platform: object, layerType: string) => {
    const config = await blob(JSON.stringify({ ...platform, 'os.version': '10.0', unknown: { kept: true } }), `${oci}.config.v1+json`);
    const layers = [await blob(`layer of ${JSON.stringify(platform)} ${layerType}`, layerType)];
    const body = JSON.stringify({ schemaVersion: 2, mediaType: `${oci}.manifest.v1+json`, config, layers }, null, 1);
    await send(`manifests/${digestOf(body)}`, 'PUT', body, `${oci}.manifest.v1+json`);
    return { mediaType: `${oci}.manifest.v1+json`, digest: digestOf(body), size: body.length, platform };
  };
  const manifests = [
    await image({ os: 'linux', architecture: 'amd64' }, `${oci}.layer.v1.tar`),
    await image({ os: 'linux', architecture: 'arm', variant: 'v7' }, `${oci}.layer.v1.tar`),
    await image({ os: 'unknown', architecture: 'unknown' }, 'application/vnd.in-toto+json'),
  ];
  const body = JSON.stringify({ schemaVersion: 2, mediaType: `${oci}.index.v1+json`, manifests }, null, 1);
  await send(`manifests/${tag}`, 'PUT', body, `${oci}.index.v1+json`);
  return digestOf(body);
}

const oci = 'application/vnd.oci.image';
const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** A template whose "builder" only names an index that is in the registry already. */
const buildsIndex = (digest: string) => `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Stage.Name | quote }}
  annotations: {coxswain/registry-login: docker-config, coxswain/pod-security: baseline}
spec:
  template:
    spec:
      containers:
        - name: builder
          image: {{ .Tools.Busybox | quote }}
          command: [sh, -c, "until [ -e \\"$READY\\" ]; do sleep 0.1; done; printf ${digest} >\\"$LOG\\""]
          env: [{name: LOG, value: /dev/termination-log}, {name: READY, value: "{{ .Values.ready }}"}]
`;

test('an index of two platforms with an attestation goes to another registry under its own digest, with everything that it names', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-outside-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const outside = await startRegistry({ folder });
  t.teardown(() => outside.close());
  const template = join(folder, 'index.yaml');
  const ready = join(folder, 'ready');
  const registries = { outside: { push: outside.host, api: outside.url } };
  const images = [{ ...build, template: 'release-copy', name: 'release-stock', repository: 'out/app', registry: 'outside' }];
  const way = await aWay(t, {
    github: true,
    config: {
      stages: [
        { name: 'image', image: { template, repository: 'sample/index', values: { ready } } },
        { name: 'release', release: { github: { assets: [] }, images } },
      ],
      over: { people, registries },
    },
  });
  // Its digest is known only by now, and its tag only when the run has its Job.
  await writeFile(template, buildsIndex('sha256:0'));
  await way.start();
  const digest = await indexIn(way, 'sample/index', 'first');
  await writeFile(template, buildsIndex(digest));
  await way.world.sample.commitGood();
  await way.until(async () => (await way.record('scheduler-1'))?.stages[0]?.state === 'started');
  const run = await way.record('scheduler-1');
  await indexIn(way, 'sample/index', `cox-${run?.uid}-image`);
  await writeFile(ready, '');
  await way.showsUp('scheduler-1', /Approve/);
  await says(way, lin, 'approve scheduler-1');
  await becomes(way, 'scheduler-1', 'released');

  const copied = await fetch(`${outside.url}/v2/out/app/manifests/${run?.version}`, { headers: { accept: `${oci}.index.v1+json` } });
  const text = await copied.text();
  t.is(digestOf(text), digest);
  for (const { digest: each } of (JSON.parse(text) as { manifests: { digest: string }[] }).manifests) {
    const child = await fetch(`${outside.url}/v2/out/app/manifests/${each}`, { headers: { accept: `${oci}.manifest.v1+json` } });
    const { config, layers } = (await child.json()) as { config: { digest: string }; layers: { digest: string }[] };
    for (const one of [config, ...layers]) t.is((await fetch(`${outside.url}/v2/out/app/blobs/${one.digest}`)).status, 200);
  }
  t.regex(way.shown('scheduler-1'), new RegExp(`/out/app:${run?.version}\` is \`${digest}\`, the tested image`));
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

test('push: copy builds with Makisu and pushes by skopeo what was built: its digests and its progress', async (t) => {
  const copies = { ...build, push: 'copy' };
  const way = await aWay(t, {
    config: {
      stages: [
        { name: 'image', image: { ...copies, repository: 'sample/copied' } },
        { name: 'test', test: { template: 'test' } },
      ],
    },
  });
  await way.start();
  await way.world.sample.commitGood();
  await becomes(way, 'scheduler-1', 'passed');
  const run = await way.record('scheduler-1');
  const stage = run?.stages[0];
  t.is(stage?.progress?.step?.n, stage?.progress?.step?.of);
  t.true((stage?.progress?.step?.of ?? 0) > 1);
  t.deepEqual(
    stage?.logs?.map(({ container }) => container),
    ['clone', 'makisu', 'push'],
  );
  const stored = (await way.world.registry?.images())?.find(({ repository }) => repository === 'sample/copied');
  t.is(stored?.digest, stage?.image?.digest);
  t.deepEqual(stage?.statements?.messages, [stored?.digest]);
});
