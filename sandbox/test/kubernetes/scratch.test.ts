/** Nothing is ever written outside the scratch folder, whatever pods and images say. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type Entry, registry } from './_registry.ts';
import { over, pod, podsPath, shell, type World, world } from './_world.ts';

/** A cluster in `outside/a/scratch`; `outside` must stay as it is. */
async function confined(
  t: ExecutionContext,
  options: Parameters<typeof world>[1] = {},
): Promise<{ here: World; untouched: () => Promise<void> }> {
  const outside = await mkdtemp(join(tmpdir(), 'confined-'));
  t.teardown(() => rm(outside, { recursive: true, force: true }));
  const folder = join(outside, 'a', 'scratch');
  await mkdir(folder, { recursive: true });
  const here = await world(t, { ...options, folder });
  const untouched = async () => {
    t.deepEqual([await readdir(outside), await readdir(join(outside, 'a'))], [['a'], ['scratch']]);
  };
  return { here, untouched };
}

const why = ({ status }: { status: { containerStatuses?: { state: { waiting?: { message?: string } } }[] } }) =>
  status.containerStatuses?.[0]?.state.waiting?.message ?? '';

const up = '../'.repeat(12);

for (const name of ['../../../../escaped', '..', 'a/b', 'Upper']) {
  test(`a volume cannot be called ${name}`, async (t) => {
    const { here, untouched } = await confined(t);
    const volumes = [{ name, configMap: { name: 'text' } }];
    await here.send('POST', '/api/v1/namespaces/ci/configmaps', { metadata: { name: 'text' }, data: { file: 'x' } });
    const { code } = await here.send('POST', podsPath, pod('one', [shell('true')], { volumes }));
    t.is(code, 422);
    await untouched();
  });
}

for (const workingDir of ['../../../../../../../escaped', '/../../../../../../../escaped', '/work/../../../../escaped']) {
  test(`the working folder ${workingDir} lies in the scratch folder`, async (t) => {
    const { here, untouched } = await confined(t);
    const more = { workingDir, env: [{ name: 'WORK', value: '/work' }], volumeMounts: [{ name: 'work', mountPath: '/work' }] };
    await here.send('POST', podsPath, pod('one', [shell('pwd', more)], { volumes: [{ name: 'work', emptyDir: {} }] }));
    await here.until(`${podsPath}/one`, over);
    t.regex(await here.text(`${podsPath}/one/log`), /\/a\/scratch\/.*\/escaped\n$/);
    await untouched();
  });
}

const claim = { metadata: { name: 'work' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
const planted: [string, object][] = [
  ['a subPath', { volumeMounts: [{ name: 'work', mountPath: '/work', subPath: 'link/escaped' }] }],
  ['a working folder', { workingDir: '/work/link/escaped', volumeMounts: [{ name: 'work', mountPath: '/work' }] }],
];
for (const [what, more] of planted) {
  test(`a link that an earlier pod has left in a claim leads ${what} nowhere`, async (t) => {
    const { here, untouched } = await confined(t);
    const env = [{ name: 'WORK', value: '/work' }];
    const volumes = [{ name: 'work', persistentVolumeClaim: { claimName: 'work' } }];
    await here.send('POST', '/api/v1/namespaces/ci/persistentvolumeclaims', claim);
    const plants = shell(`ln -s ${join(here.folder, '../..')} $WORK/link`, { env, volumeMounts: [{ name: 'work', mountPath: '/work' }] });
    await here.send('POST', podsPath, pod('one', [plants], { volumes }));
    await here.until(`${podsPath}/one`, over);
    await here.send('POST', podsPath, pod('two', [shell('true', { env, ...more })], { volumes }));
    t.regex(why(await here.until(`${podsPath}/two`, (two) => why(two) !== '')), /leads out of/);
    await untouched();
  });
}

const image = 'localhost:32000/team/app:1';

test('the working folder of an image lies in the scratch folder', async (t) => {
  const { url } = await registry(t, [[]], { WorkingDir: `/${up}escaped`, Cmd: ['pwd'] });
  const { here, untouched } = await confined(t, { registries: { '*': url } });
  await here.send('POST', podsPath, pod('one', [{ name: 'main', image }]));
  await here.until(`${podsPath}/one`, over);
  t.regex(await here.text(`${podsPath}/one/log`), /\/a\/scratch\/.*\/escaped\n$/);
  await untouched();
});

for (const name of ['.wh...', '.wh..', '.wh.', 'folder/.wh...']) {
  test(`a whiteout called ${name} removes nothing`, async (t) => {
    const { url } = await registry(t, [[{ name: 'folder/file', content: 'x' }], [{ name }]]);
    const { here } = await confined(t, { registries: { '*': url } });
    await mkdir(join(here.folder, 'images', 'other'), { recursive: true });
    await here.send('POST', podsPath, pod('one', [{ name: 'main', image }]));
    const said = ({ status }: Parameters<typeof why>[0]) => why({ status });
    t.regex(said(await here.until(`${podsPath}/one`, (one) => said(one) !== '')), /leads out of the image/);
    t.true((await readdir(join(here.folder, 'images'))).includes('other'));
  });
}

test('a hard link to a symbolic link means what the symbolic link means', async (t) => {
  const layer: Entry[] = [
    { name: 'note', content: 'of the image\n' },
    { name: 'a/b/c/link', type: 'symlink', linkname: '../../../note' },
    { name: 'same', type: 'link', linkname: 'a/b/c/link' },
  ];
  const { url } = await registry(t, [layer], { Cmd: ['cat', 'same'] });
  const { here } = await confined(t, { registries: { '*': url } });
  await here.send('POST', podsPath, pod('one', [{ name: 'main', image }]));
  await here.until(`${podsPath}/one`, over);
  t.is(await here.text(`${podsPath}/one/log`), 'of the image\n');
});
