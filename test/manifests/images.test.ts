import { globSync, readFileSync } from 'node:fs';
import test from 'ava';
import { stringify } from 'yaml';
import { readConfig } from '../../src/config.ts';
import type { KubernetesObject } from '../../src/core/cluster.ts';
import { secretValues } from '../../src/core/redaction/redactor.ts';
import { secretsOf } from '../../src/pipeline/stage/run-objects.ts';
import { applyServices } from '../../src/pipeline/stage/services.ts';
import { aRun } from '../pipeline/world.ts';
import { jobTemplates, renderedObjects } from './rendered.ts';

const root = new URL('../../', import.meta.url);
const checks = { cron: () => undefined, gitUrl: () => undefined, template: () => undefined };
const written = (over: object) =>
  stringify({
    instance: 'lab',
    channel: '#ci',
    registry: { push: 'r:1', pull: 'r:1', api: 'http://r:1' },
    cache: 'makisu-cache.coxswain-cache.svc.cluster.local:6379',
    repositories: [
      { name: 'app', git: 'https://example.com/a.git', stages: [{ name: 'image', image: { template: 'makisu', repository: 'a' } }] },
    ],
    ...over,
  });
const configured = (over: object) => readConfig(written(over), 'coxswain.yaml', checks);
/** Host with a dot or port, a path, and a tag that stays or a digest. */
const whole = /^[a-z0-9-]+(\.[a-z0-9.-]+|:\d+)(:\d+)?(\/[a-z0-9._-]+)+(:v?\d+(\.\d+)+([.-]\w+)*|@sha256:[0-9a-f]{64})$/;

test('each image that coxswain itself names is written in full, with a fixed tag', (t) => {
  for (const [name, image] of Object.entries(configured({}).tools)) t.regex(image, whole, name);
});

test('no manifest names an image that is neither configured nor in full with a fixed tag', (t) => {
  const found = globSync('manifests/**/*.{yaml,tpl}', { cwd: root }).flatMap((file) => {
    const lines = readFileSync(new URL(file, root), 'utf8').split('\n');
    return lines.flatMap((line, index) => {
      const [, image] = /^\s*(?:- )?image:\s*(\S.*?)\s*$/.exec(line) ?? [];
      return image === undefined ? [] : [{ place: `${file}:${index + 1}`, image }];
    });
  });
  t.true(found.length >= 8, String(found.length));
  const known = [
    '{{ .Tools.Git | quote }}',
    '{{ .Tools.Busybox | quote }}',
    '{{ .Tools.Makisu | quote }}',
    '{{ .Tools.Skopeo | quote }}',
    '{{ .Image.Ref | quote }}',
  ];
  for (const { place, image } of found) {
    // The bot's own image is the one that its kustomization names.
    if (place.startsWith('manifests/bot/') && (image === 'coxswain' || image.startsWith('{'))) continue;
    t.true(known.includes(image) || whole.test(image), `${place}: ${image}`);
  }
});

test('no source names an image of its own but the defaults of the configuration', (t) => {
  const files = globSync('{src,commands}/**/*.ts', { cwd: root }).filter((file) => !/^src\/config\/(schema|forms)\.ts/.test(file));
  const named = files.filter((file) =>
    /['"`](docker\.io|gcr\.io|ghcr\.io|quay\.io|alpine|busybox|redis)[/:][\w./-]*['"`]/.test(readFileSync(new URL(file, root), 'utf8')),
  );
  t.deepEqual(named, []);
});

test('the images of a walled-off cluster take the place of all', async (t) => {
  const tools = Object.fromEntries(
    ['git', 'busybox', 'makisu', 'skopeo', 'redis'].map((name) => [name, `mirror.example.com:5000/tools/${name}:1`]),
  );
  const applied: KubernetesObject[] = [];
  const read = async (name: string) => readFileSync(new URL(`manifests/services/${name}.yaml`, root), 'utf8');
  const apply = async (object: KubernetesObject) => void applied.push(object);
  await applyServices(configured({ tools }), { apply }, read, () => undefined);
  t.regex(JSON.stringify(applied), /"image":"mirror\.example\.com:5000\/tools\/redis:1"/);
  for (const template of [...Object.keys(jobTemplates), 'collector']) {
    const text = JSON.stringify(renderedObjects(template, { PullSecret: 'registry-pull' }));
    t.regex(text, /"imagePullSecrets":\[\{"name":"registry-pull"\}\]/, template);
    for (const [, image] of text.matchAll(/"image":"([^"]*)"/g)) t.regex(image ?? '', /^(mirror\.example\/|localhost:32000\/)/, template);
  }
});

test('a short name, or one without a tag, is refused with its place', (t) => {
  for (const image of ['alpine/git:v2', 'busybox', 'docker.io/alpine/git', 'docker.io/Alpine/git:1', '-x/y:1', 'docker.io/a/b:1 c', ''])
    t.throws(() => configured({ tools: { git: image } }), { message: /tools\.git.*full image reference with host and tag/s }, image);
  for (const image of ['localhost:5000/git:1', `quay.io/a/git@sha256:${'0'.repeat(64)}`, `docker.io/a/b:1@sha256:${'0'.repeat(64)}`])
    t.is(configured({ tools: { git: image } }).tools.git, image);
});

test('the logins to pull images with are in the one Secret of the run, beside that of its registry, and never leave', (t) => {
  const auth = Buffer.from('robot:a-long-password').toString('base64');
  const imagePullConfig = JSON.stringify({ auths: { 'mirror.example.com:5000': { auth } } });
  const registry = { push: 'p:1', pull: 'r:1', api: 'http://r:1' };
  const secret = secretsOf(aRun(1), registry, { imagePullConfig, registryUsername: 'u', registryPassword: 'p' }, []).find(
    ({ metadata }) => metadata.name === 'registry-pull',
  );
  const { '.dockerconfigjson': text = '' } = (secret?.stringData ?? {}) as Record<string, string>;
  t.deepEqual(JSON.parse(text), {
    auths: {
      'mirror.example.com:5000': { auth, username: 'robot', password: 'a-long-password' },
      'r:1': { username: 'u', password: 'p', auth: 'dTpw' },
    },
  });
  t.deepEqual(secretValues({ imagePullConfig }), [imagePullConfig, auth, 'a-long-password']);
});
