import test from 'ava';
import { type Container, jobTemplates, mainContainer, rendered, renderedObjects } from './rendered.ts';

for (const [name, reader] of Object.entries(jobTemplates)) {
  test(`${name}: the Job runs once, and its limit counts from the start on a node`, (t) => {
    const { kind, metadata, spec } = rendered(name);
    t.is(kind, 'Job');
    t.is(metadata.name, '007');
    t.is(spec.backoffLimit, 0);
    t.false('activeDeadlineSeconds' in spec);
    t.like(spec.template.spec, { restartPolicy: 'Never', activeDeadlineSeconds: 2700, automountServiceAccountToken: false });
  });

  test(`${name}: it says which reader and which pod security it needs`, (t) => {
    const { annotations } = rendered(name).metadata;
    t.is(annotations['coxswain/pod-security'], 'baseline');
    t.is(annotations['coxswain/reader'], reader);
    t.is(annotations['coxswain/registry-login'], { makisu: 'makisu', skopeo: 'docker-config' }[reader]);
  });

  test(`${name}: every path of a volume is the value of a variable, and is used through it`, (t) => {
    const { initContainers = [], containers, volumes } = rendered(name).spec.template.spec;
    for (const { env, volumeMounts, command = [], args = [] } of [...initContainers, ...containers]) {
      const paths = volumeMounts.map(({ mountPath }) => mountPath);
      for (const path of paths) {
        t.true(
          env.some(({ value }) => value === path),
          path,
        );
        t.false(
          [...command, ...args].some((word) => word.includes(path)),
          path,
        );
      }
      for (const mount of volumeMounts) t.true(volumes.some((volume) => volume.name === mount.name));
    }
  });
}

for (const name of Object.keys(jobTemplates).filter((one) => !one.startsWith('release-'))) {
  test(`${name}: it clones as the others do`, (t) => {
    t.true((rendered(name).spec.template.spec.initContainers?.length ?? 0) > 0);
    t.deepEqual(rendered(name).spec.template.spec.initContainers, rendered('makisu').spec.template.spec.initContainers);
  });

  test(`${name}: credentials of git come from the Secret`, (t) => {
    const Git = { URL: 'https://git.example.com/demo.git', Secret: 'git-credentials' };
    const env = rendered(name, { Git }).spec.template.spec.initContainers?.[0]?.env ?? [];
    const value = (variable: string) => env.find((one) => one.name === variable);
    t.deepEqual(value('GIT_PASSWORD')?.valueFrom, { secretKeyRef: { name: 'git-credentials', key: 'password' } });
    t.false(JSON.stringify(rendered(name)).includes('GIT_PASSWORD='));
    t.is(
      rendered(name).spec.template.spec.initContainers?.[0]?.env.find((one) => one.name === 'GIT_PASSWORD'),
      undefined,
    );
  });
}

for (const name of ['test', 'gpu-test']) {
  test(`${name}: another reader may be named`, (t) => {
    t.is(rendered(name, { Values: { reader: 'plain' } }).metadata.annotations['coxswain/reader'], 'plain');
  });
}

test('makisu pushes under the tag of the run, from the source of the commit', (t) => {
  t.deepEqual(mainContainer(rendered('makisu', { Stage: { Context: 'cmd/a b', Dockerfile: 'Docker: file' } })).args, [
    'build',
    '--push=registry:5000',
    '--registry-config=$(REGISTRY_CONFIG)/registry.yaml',
    '--modifyfs=true',
    '--commit=implicit',
    '--storage=$(STORAGE)',
    '--file=Docker: file',
    '--tag=demo/hello:t1',
    '$(WORKSPACE)/source/cmd/a b',
  ]);
});

const copying = { Stage: { Push: 'copy' } };

test('makisu with push: copy builds without a push or a cache, and another container pushes what it has built', (t) => {
  const { metadata, spec } = rendered('makisu', { ...copying, Cache: 'cache:6379' });
  t.like(metadata.annotations, {
    'coxswain/reader': 'skopeo',
    'coxswain/reader.makisu': 'makisu',
    'coxswain/registry-login': 'makisu, docker-config',
  });
  const { initContainers = [], containers } = spec.template.spec;
  t.deepEqual([initContainers.map(({ name }) => name), containers.map(({ name }) => name)], [['clone', 'makisu'], ['push']]);
  const { args = [] } = initContainers[1] as Container;
  t.true(args.includes('--local-cache-ttl=0'));
  t.false(args.some((word) => /--push|--redis/.test(word)));
  const { command = [], env = [] } = containers[0] ?? {};
  t.regex(command.at(-1) ?? '', /exec skopeo copy "\$@" "dir:\$STORAGE\/image" "docker:\/\/\$DESTINATION"/);
  const value = (variable: string) => env.find(({ name }) => name === variable)?.value ?? '';
  t.is(value('DESTINATION'), 'registry:5000/demo/hello:t1');
  t.is(Buffer.from(value('MANIFEST'), 'base64').toString(), 'demo/hello:t1'.replace(':', '/'));
});

test('makisu with push: copy trusts the private authority of its registry, and speaks plain HTTP only where that is configured', (t) => {
  const script = (Registry: object) => {
    const { containers, volumes } = rendered('makisu', {
      ...copying,
      Registry: { Push: 'zot:5000', Certificates: '', Plain: false, ...Registry },
    }).spec.template.spec;
    return [containers[0]?.command?.at(-1) ?? '', volumes.find(({ name }) => name === 'destination-certs')?.secret?.items] as const;
  };
  t.regex(script({ Plain: true })[0], /--dest-tls-verify=false/);
  t.notRegex(script({})[0], /--dest-(tls-verify|cert-dir)/);
  const [text, items] = script({ Certificates: 'zot.pem' });
  t.regex(text, /--dest-cert-dir="\$DESTINATION_CERTS"/);
  t.deepEqual(items, [{ key: 'zot.pem', path: 'ca.crt' }]);
});

test('makisu takes a cache, build arguments, room on the disk and the way to commit', (t) => {
  const Values = { buildArgs: ['A=1', 'B="x y"'], ephemeralStorage: '15Gi', commit: 'explicit' };
  const { args = [], resources } = mainContainer(rendered('makisu', { Cache: 'cache:6379', Values }));
  for (const word of ['--redis-cache-addr=cache:6379', '--build-arg=A=1', '--build-arg=B="x y"', '--commit=explicit'])
    t.true(args.includes(word), word);
  t.deepEqual(resources, { requests: { 'ephemeral-storage': '15Gi' }, limits: { 'ephemeral-storage': '15Gi' } });
});

test('release-tested makes an image of the tested one by its digest, changes no file, and clones nothing', (t) => {
  const [context, job, ...more] = renderedObjects('release-tested');
  t.deepEqual([context?.kind, job?.kind, more.length], ['ConfigMap', 'Job', 0]);
  const { Dockerfile } = { Dockerfile: '', ...(context?.data as object) };
  const [from, label, ...lines] = Dockerfile.trimEnd().split('\n');
  t.is(from, 'FROM registry:5000/demo/hello@sha256:2');
  t.regex(label ?? '', /^LABEL [^\\]+$/);
  t.deepEqual(lines, []);
  const { containers, initContainers, volumes } = rendered('release-tested').spec.template.spec;
  t.deepEqual([containers.length, initContainers], [1, undefined]);
  t.deepEqual(volumes[0], { name: 'context', configMap: { name: context?.metadata.name } });
  const { args = [] } = mainContainer(rendered('release-tested', { Registry: { Push: 'quay.io' } }));
  for (const word of ['--push=quay.io', '--modifyfs=false', '--tag=demo/hello:t1', '$(CONTEXT)']) t.true(args.includes(word), word);
});

test('release-tested tells of a run that has built no image', (t) => {
  t.throws(() => renderedObjects('release-tested', { Tested: undefined }), {
    message:
      /release-tested:\d+:\d+: .*is for images of a release, and pushes what an image stage of the run has built: there is no such image/,
  });
});

test('release-copy copies the tested image by its digest with all its platforms, reports the digest, and clones nothing', (t) => {
  const [job, ...more] = renderedObjects('release-copy');
  t.deepEqual([job?.kind, more.length], ['Job', 0]);
  t.is(job?.metadata.annotations?.['coxswain/digest'], 'sha256:2');
  t.is(rendered('release-copy').spec.template.spec.initContainers, undefined);
  t.deepEqual(mainContainer(rendered('release-copy', { Registry: { Push: 'quay.io', Plain: false } })).command, [
    'skopeo',
    'copy',
    '--all',
    '--preserve-digests',
    '--retry-times=3',
    '--authfile=$(REGISTRY_CONFIG)/config.json',
    '--digestfile=$(TERMINATION_LOG)',
    '--src-tls-verify=false',
    'docker://registry:5000/demo/hello@sha256:2',
    'docker://quay.io/demo/hello:t1',
  ]);
});

test('release-copy trusts the private authority of either registry, and that one alone', (t) => {
  const Tested = { Ref: 'own:5000/a@sha256:2', Digest: 'sha256:2', Plain: false, Certificates: 'own.pem' };
  const job = rendered('release-copy', { Tested, Registry: { Push: 'harbor.example', Plain: false, Certificates: 'harbor.pem' } });
  const { command = [] } = mainContainer(job);
  t.true(command.includes('--src-cert-dir=$(SOURCE_CERTS)') && command.includes('--dest-cert-dir=$(DESTINATION_CERTS)'));
  t.false(command.some((word) => word.includes('tls-verify')));
  const files = job.spec.template.spec.volumes.map(({ name, secret }) => [name, secret?.items]);
  t.deepEqual(files, [
    ['registry-config', undefined],
    ['source-certs', [{ key: 'own.pem', path: 'ca.crt' }]],
    ['destination-certs', [{ key: 'harbor.pem', path: 'ca.crt' }]],
  ]);
});

test('release-copy tells of a run that has built no image', (t) => {
  t.throws(() => renderedObjects('release-copy', { Tested: undefined }), { message: /there is no such image/ });
});

test('a test runs its command in the image that was built, by digest', (t) => {
  const { image, command, resources } = mainContainer(rendered('test'));
  t.is(image, 'localhost:32000/demo/hello@sha256:1');
  t.deepEqual(command, ['sh', '-c', 'echo "it\'s $(BRANCH)"']);
  t.is(resources, undefined);
  t.is(mainContainer(rendered('test', { Stage: { Command: [] } })).command, undefined);
});

test('a test takes resources', (t) => {
  t.deepEqual(mainContainer(rendered('test', { Values: { resources: { limits: { memory: '1Gi' } } } })).resources, {
    limits: { memory: '1Gi' },
  });
});

test('a GPU test asks for its GPUs and takes a runtime class', (t) => {
  const job = rendered('gpu-test', { Stage: { GPUs: 2 }, Values: { runtimeClass: 'nvidia' } });
  t.deepEqual(mainContainer(job).resources, { limits: { 'nvidia.com/gpu': 2 } });
  t.is(job.spec.template.spec.runtimeClassName, 'nvidia');
  t.is(mainContainer(rendered('gpu-test')).resources, undefined);
  t.false('runtimeClassName' in rendered('gpu-test').spec.template.spec);
});

test('a stage with GPUs is not run by the template that asks for none', (t) => {
  t.throws(() => rendered('test', { Stage: { GPUs: 2 } }), { message: /`template: gpu-test` is the one for a stage with gpus/ });
});

test('release-tested: another attempt has a file of its own, so that what was mended counts', (t) => {
  const nameOf = (Attempt: number) => renderedObjects('release-tested', { Stage: { Attempt } })[0]?.metadata.name;
  t.deepEqual([nameOf(1), nameOf(2)], ['007-1', '007-2']);
});

interface Pod {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly {
      readonly name: string;
      readonly command: readonly string[];
      readonly env: readonly unknown[];
      readonly volumeMounts: readonly unknown[];
    }[];
    readonly volumes: readonly unknown[];
  };
}

test('the collector is one pod that can only read the workspace, knows no credentials and ends by itself', (t) => {
  const pod = rendered('collector') as unknown as Pod;
  t.like(pod, { kind: 'Pod', metadata: { name: 'collector', annotations: { 'coxswain/pod-security': 'baseline' } } });
  t.like(pod.spec, { restartPolicy: 'Never', activeDeadlineSeconds: 2700, automountServiceAccountToken: false });
  t.deepEqual(pod.spec.volumes, [{ name: 'workspace', persistentVolumeClaim: { claimName: 'workspace' } }]);
  const [container, ...more] = pod.spec.containers;
  t.deepEqual(more, []);
  t.is(container?.name, 'collector');
  t.deepEqual(container?.env, [{ name: 'WORKSPACE', value: '/workspace' }]);
  t.deepEqual(container?.volumeMounts, [{ name: 'workspace', mountPath: '/workspace', readOnly: true }]);
  t.is(container?.command.at(-1), "trap 'exit 0' TERM; sleep 2700 & wait");
});
