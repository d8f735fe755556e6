import test from 'ava';
import { expand } from '../../src/kubernetes/node/expand.ts';
import { over, pod, podsPath, shell, world } from './_world.ts';

const variables = new Map([
  ['A', '1'],
  ['B', '$(A)'],
]);

for (const [text, expected] of [
  ['$(A)/x', '1/x'],
  ['$$(A)', '$(A)'],
  ['$(NONE) $A $(A', '$(NONE) $A $(A'],
  ['$(B)', '$(A)'],
  ['100$', '100$'],
  ['$$', '$'],
] as const) {
  test(`${text} is expanded to ${expected}`, (t) => t.is(expand(text, variables), expected));
}

test('the environment is the pod’s own: references, fields, expansion; little else', async (t) => {
  const here = await world(t, { containerEnv: { PATH: '/usr/bin:/bin', LANG: 'C' } });
  await here.send('POST', '/api/v1/namespaces/ci/secrets', { metadata: { name: 'key' }, stringData: { token: 'hu$(A)sh', 'a.b': 'dot' } });
  await here.send('POST', '/api/v1/namespaces/ci/configmaps', { metadata: { name: 'set' }, data: { LEVEL: 'high' } });
  const env = [
    { name: 'A', value: 'one' },
    { name: 'B', value: '$(A) and $(TOKEN) and $(LATER)' },
    { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'key', key: 'token' } } },
    { name: 'C', value: '$(A) and $(TOKEN)' },
    { name: 'ME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'RUN', valueFrom: { fieldRef: { fieldPath: "metadata.labels['run']" } } },
    { name: 'NONE', valueFrom: { secretKeyRef: { name: 'key', key: 'none', optional: true } } },
  ];
  const made = pod('one', [shell('env', { env, envFrom: [{ configMapRef: { name: 'set' }, prefix: 'X_' }] })]) as { metadata: object };
  await here.send('POST', podsPath, { ...made, metadata: { ...made.metadata, labels: { run: '7' } } });
  await here.until(`${podsPath}/one`, over);
  const lines = (await here.text(`${podsPath}/one/log`)).split('\n');
  for (const line of [
    'A=one',
    'B=one and $(TOKEN) and $(LATER)',
    'TOKEN=hu$(A)sh',
    'C=one and hu$(A)sh',
    'ME=one',
    'RUN=7',
    'X_LEVEL=high',
    'LANG=C',
  ])
    t.true(lines.includes(line), line);
  const names = lines.map((line) => line.slice(0, line.indexOf('='))).filter((name) => name && name !== '_');
  const expected = ['A', 'B', 'C', 'HOME', 'HOSTNAME', 'LANG', 'ME', 'PATH', 'PWD', 'RUN', 'TMPDIR', 'TOKEN', 'X_LEVEL'];
  t.deepEqual(names.filter((name) => !['OLDPWD', 'SHLVL'].includes(name)).sort(), expected);
});

test('a reference to what is missing keeps the container waiting until it comes', async (t) => {
  const here = await world(t);
  const env = [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'key', key: 'token' } } }];
  await here.send('POST', podsPath, pod('one', [shell('echo $TOKEN', { env })]));
  const waiting = await here.until(
    `${podsPath}/one`,
    ({ status }) => status.containerStatuses?.[0].state.waiting?.reason === 'CreateContainerConfigError',
  );
  t.is(waiting.status.containerStatuses[0].state.waiting.message, 'secret "key" not found');
  await here.send('POST', '/api/v1/namespaces/ci/secrets', { metadata: { name: 'key' }, stringData: { token: 'hush' } });
  await here.until(`${podsPath}/one`, over);
  t.is(await here.text(`${podsPath}/one/log`), 'hush\n');
});

test('volumes: secrets, config maps, fields and sub-paths are files at the place that a variable names', async (t) => {
  const here = await world(t);
  await here.send('POST', '/api/v1/namespaces/ci/secrets', { metadata: { name: 'key' }, stringData: { 'registry.yaml': 'user: me\n' } });
  await here.send('POST', '/api/v1/namespaces/ci/configmaps', { metadata: { name: 'set' }, data: { level: 'high' } });
  const volumes = [
    { name: 'registry', secret: { secretName: 'key' } },
    {
      name: 'both',
      projected: {
        sources: [
          { configMap: { name: 'set', items: [{ key: 'level', path: 'deep/level' }] } },
          { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
        ],
      },
    },
    { name: 'work', emptyDir: {} },
  ];
  const env = ['/registry', '/both', '/work'].map((value) => ({ name: value.slice(1).toUpperCase(), value }));
  const script =
    'cat $REGISTRY/registry.yaml $BOTH/deep/level $BOTH/name; echo; echo $CONFIG | sed s,$REGISTRY,R,; touch $WORK/here; ls $1';
  const container = shell(script, {
    args: ['sh', '/work'],
    env: [...env, { name: 'CONFIG', value: '/registry/registry.yaml' }],
    volumeMounts: [
      { name: 'registry', mountPath: '/registry' },
      { name: 'both', mountPath: '/both' },
      { name: 'work', mountPath: '/work', subPath: 'part' },
    ],
  });
  await here.send('POST', podsPath, pod('one', [container], { volumes }));
  await here.until(`${podsPath}/one`, over);
  t.is(await here.text(`${podsPath}/one/log`), 'user: me\nhighone\nR/registry.yaml\nhere\n');
});

test('a secret volume that is missing is FailedMount, and is mounted when it comes', async (t) => {
  const here = await world(t);
  const container = shell('cat $R/a', { env: [{ name: 'R', value: '/r' }], volumeMounts: [{ name: 'r', mountPath: '/r' }] });
  const { body } = await here.send('POST', podsPath, pod('one', [container], { volumes: [{ name: 'r', secret: { secretName: 'key' } }] }));
  for await (const { object } of here.watch(`/api/v1/namespaces/ci/events?fieldSelector=involvedObject.uid%3D${body.metadata.uid}`)) {
    if (object.reason !== 'FailedMount') continue;
    t.is(object.message, 'MountVolume.SetUp failed for volume "r" : secret "key" not found');
    break;
  }
  const { code, body: refused } = await here.get(`${podsPath}/one/log`);
  t.deepEqual([code, refused.message], [400, 'container "main" in pod "one" is waiting to start: ContainerCreating']);
  await here.send('POST', '/api/v1/namespaces/ci/secrets', { metadata: { name: 'key' }, stringData: { a: 'b' } });
  await here.until(`${podsPath}/one`, over);
  t.is(await here.text(`${podsPath}/one/log`), 'b');
});
