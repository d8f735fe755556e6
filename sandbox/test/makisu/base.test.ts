import test from 'ava';
import { host, world } from './_player.ts';
import { pulled } from './_pulled.ts';

const tested = `FROM scratch
COPY a.txt /srv/a.txt #!COMMIT
COPY b.txt /srv/b.txt #!COMMIT
ENV MODE=ci
LABEL maker=us
WORKDIR /srv
CMD ["cat", "a.txt"]
`;

test('a base image of a registry that is there brings its layers and its configuration', async (t) => {
  const made = await world(t);
  await made.files({ Dockerfile: tested, 'a.txt': 'a', 'b.txt': 'b' });
  t.is((await made.build('-t=team/app:tested')).code, 0);
  const before = await pulled(made, 'team/app', 'tested');
  const named = `${host}/team/app@${before.digest}`;
  await made.files({ Dockerfile: `FROM ${named}\nLABEL version="1.2.3"\n` });
  const { code, said } = await made.build('--modifyfs=false', '--commit=explicit', '--local-cache-ttl=0', '-t=out/app:1.2.3');
  t.is(code, 0, said.join('\n'));
  const after = await pulled(made, 'out/app', '1.2.3');
  t.is(before.manifest.layers.length, 2);
  t.deepEqual(after.manifest.layers, before.manifest.layers);
  t.deepEqual(after.diffIds, before.diffIds);
  t.deepEqual(after.config.rootfs, before.config.rootfs);
  t.is(after.config.history.length, 2);
  t.deepEqual(after.config.config, { ...before.config.config, Labels: { maker: 'us', version: '1.2.3' } });
  t.deepEqual(after.entries, { 'srv/': 'directory', 'srv/a.txt': '644 0:0 a', 'srv/b.txt': '644 0:0 b' });
});

test('a build goes on from its base image, and stages take files out of one', async (t) => {
  const made = await world(t);
  await made.files({ Dockerfile: tested, 'a.txt': 'a', 'b.txt': 'b' });
  await made.build('-t=team/app:1');
  const Dockerfile = `FROM ${host}/team/app:1 AS base\nFROM ${host}/team/app:1\nCOPY c.txt ./\nCOPY --from=base /srv/b.txt /b\n`;
  await made.files({ Dockerfile, 'c.txt': 'c' });
  t.is((await made.build('-t=team/app:2')).code, 0);
  const { entries, config, manifest, diffIds } = await pulled(made, 'team/app', '2');
  t.like(entries, { 'srv/a.txt': '644 0:0 a', 'srv/c.txt': '644 0:0 c', b: '644 0:0 b' });
  t.is(manifest.layers.length, 4);
  t.deepEqual(config.rootfs.diff_ids, diffIds);
});

test('a digest that is not there ends the build; a tag that is not there is an empty image', async (t) => {
  const made = await world(t);
  const name = `${host}/team/app@sha256:${'0'.repeat(64)}`;
  await made.files({ Dockerfile: `FROM ${name}\n` });
  const { code, said } = await made.build('-t=team/app:1');
  t.is(code, 1);
  t.is(
    said.at(-1),
    `failed to execute build plan: execute stage: build stage 0: build node: do execute: execute step: get manifest: pull image ${name}: pull manifest: manifest not found`,
  );
  await made.files({ Dockerfile: `FROM ${host}/library/busybox:1.35\nCOPY a /a\n`, a: 'a' });
  t.is((await made.build('-t=team/app:1')).code, 0);
  t.deepEqual((await pulled(made, 'team/app', '1')).entries, { a: '644 0:0 a' });
});
