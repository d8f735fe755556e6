import { access } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { imageName } from '../../src/kubernetes/node/image-name.ts';
import { type Entry, registry } from './_registry.ts';
import { over, pod, podsPath, type World, world } from './_world.ts';

const image = 'localhost:32000/team/app:1';

const run = async (here: World, container: object, name = 'one'): Promise<{ log: string; status: { phase: string } }> => {
  await here.send('POST', podsPath, pod(name, [{ name: 'main', image, ...container }]));
  const { status } = await here.until(`${podsPath}/${name}`, over);
  return { status, log: await here.text(`${podsPath}/${name}/log`) };
};

for (const [text, full] of [
  ['busybox', 'docker.io/library/busybox:latest'],
  ['alpine/git:2', 'docker.io/alpine/git:2'],
  ['localhost:32000/a/b', 'localhost:32000/a/b:latest'],
  ['gcr.io/uber/makisu:v0.4.2', 'gcr.io/uber/makisu:v0.4.2'],
  [`registry.local:5000/x@sha256:${'a'.repeat(64)}`, `registry.local:5000/x@sha256:${'a'.repeat(64)}`],
  [`registry.local:5000/x:1@sha256:${'a'.repeat(64)}`, `registry.local:5000/x@sha256:${'a'.repeat(64)}`],
] as const) {
  test(`${text} is ${full}`, (t) => t.is(imageName(text)?.full, full));
}

for (const text of ['', 'UPPER/case', 'a b', 'x:', 'x@sha256:short']) {
  test(`${JSON.stringify(text)} is no image name`, (t) => t.is(imageName(text), undefined));
}

test('an image is pulled by tag and by digest, unpacked, and runs as its configuration says', async (t) => {
  const layers: Entry[][] = [
    [
      { name: 'app', type: 'directory' },
      { name: 'app/say.sh', content: 'echo $GREETING from $(basename $(pwd)): $(cat note)\n' },
      { name: 'app/note', content: 'old' },
      { name: 'app/secret', content: 'gone' },
      { name: 'bin/tool', content: '#!/bin/sh\necho tool\n', mode: 0o755 },
    ],
    [{ name: 'app/note', content: 'new' }, { name: 'app/.wh.secret' }],
  ];
  const config = { Entrypoint: ['sh'], Cmd: ['say.sh'], Env: ['GREETING=hello', 'PATH=/bin'], WorkingDir: '/app' };
  const { url, digest } = await registry(t, layers, config);
  const here = await world(t, { registries: { 'localhost:32000': url } });
  t.is((await run(here, {})).log, 'hello from app: new\n');
  t.is(
    (await run(here, { image: `localhost:32000/team/app@${digest}`, args: ['-c', 'ls /app; tool'] }, 'two')).log.includes('tool\n'),
    true,
  );
  t.is((await run(here, { command: ['sh', '/app/say.sh'] }, 'three')).log, 'hello from app: new\n');
  t.is((await run(here, { command: ['ls'] }, 'four')).log, 'note\nsay.sh\n');
  const { body } = await here.get(`${podsPath}/one`);
  t.is(body.status.containerStatuses[0].imageID, `localhost:32000/team/app@${digest}`);
});

test('what one container writes into its image, the next does not see', async (t) => {
  const { url } = await registry(t, [[{ name: 'note', content: 'old' }]]);
  const here = await world(t, { registries: { '*': url } });
  await run(here, { command: ['sh', '-c', 'echo new > note'] });
  t.is((await run(here, { command: ['cat', 'note'] }, 'two')).log, 'old');
});

test('a tag that the registry does not have is ErrImagePull: not found', async (t) => {
  const { url } = await registry(t, [[]]);
  const here = await world(t, { registries: { 'localhost:32000': url } });
  await here.send('POST', podsPath, pod('one', [{ name: 'main', image: 'localhost:32000/team/app:2' }]));
  const waiting = await here.until(
    `${podsPath}/one`,
    ({ status }) => status.containerStatuses?.[0].state.waiting?.reason === 'ErrImagePull',
  );
  const full = 'localhost:32000/team/app:2';
  const words = `rpc error: code = NotFound desc = failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found`;
  t.is(waiting.status.containerStatuses[0].state.waiting.message, words);
});

const escapes: [string, Entry[]][] = [
  ['a path with ..', [{ name: '../../escaped', content: 'x' }]],
  ['a link that leads out', [{ name: 'link', type: 'symlink', linkname: '../../../../../../tmp' }]],
  ['a hard link that leads out', [{ name: 'link', type: 'link', linkname: '../../../etc/hostname' }]],
  [
    'a link out of a folder that is itself a link',
    [
      { name: 'a/b/c', type: 'directory' },
      { name: 'short', type: 'symlink', linkname: 'a/b/c' },
      { name: 'a/b/c/up', type: 'symlink', linkname: '/' },
      { name: 'short/up/out', type: 'symlink', linkname: '../../escaped' },
    ],
  ],
];
for (const [what, layer] of escapes) {
  test(`a layer with ${what} is not unpacked`, async (t) => {
    const { url } = await registry(t, [layer], { Cmd: ['true'] });
    const here = await world(t, { registries: { '*': url } });
    await here.send('POST', podsPath, pod('one', [{ name: 'main', image }]));
    const waiting = await here.until(
      `${podsPath}/one`,
      ({ status }) => status.containerStatuses?.[0].state.waiting?.reason === 'ErrImagePull',
    );
    t.regex(waiting.status.containerStatuses[0].state.waiting.message, /leads out of the image/);
    await t.throwsAsync(access(join(here.folder, 'escaped')));
  });
}

test('a file behind a link to a folder lies in that folder', async (t) => {
  const layer: Entry[] = [
    { name: 'usr/bin', type: 'directory' },
    { name: 'bin', type: 'symlink', linkname: 'usr/bin' },
    { name: 'bin/tool', content: '#!/bin/sh\necho tool\n', mode: 0o755 },
  ];
  const { url } = await registry(t, [layer], { Cmd: ['tool'] });
  const here = await world(t, { registries: { '*': url } });
  t.is((await run(here, {})).log, 'tool\n');
});

test('an absolute link of an image names a file of the image', async (t) => {
  const layer: Entry[] = [
    { name: 'etc/passwd', content: 'of the image\n' },
    { name: 'link', type: 'symlink', linkname: '/etc/passwd' },
  ];
  const { url } = await registry(t, [layer]);
  const here = await world(t, { registries: { '*': url } });
  t.is((await run(here, { command: ['cat', 'link'] })).log, 'of the image\n');
});

test('a played image runs its program with the arguments of the pod', async (t) => {
  const programs = [{ match: /makisu/, entrypoint: ['sh', '-c', 'echo played "$@"', 'x'], env: { MODE: 'play' } }];
  const here = await world(t, { programs });
  t.is((await run(here, { image: 'gcr.io/uber/makisu:v0.4.2', args: ['build', '$(MODE)'] })).log, 'played build play\n');
});
