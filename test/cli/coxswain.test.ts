import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../../src/core/cluster.ts';
import { said } from './said.ts';

const example = fileURLToPath(new URL('../../coxswain.example.yaml', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cli-'));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** A configuration file with a template of its own. */
function written(name: string, template: string): string {
  const file = join(folder, `${name}.yaml`);
  const templateFile = join(folder, `${name}-template.yaml`);
  writeFileSync(templateFile, template);
  writeFileSync(
    file,
    `{instance: lab, channel: "#ci", registry: {push: "r:1", pull: "r:2", api: "http://r:3"}, repositories: [{name: demo, git: "https://git.example.com/demo",
    stages: [{name: image, image: {template: ${JSON.stringify(templateFile)}, repository: demo}}]}]}`,
  );
  return file;
}

test('the example is well, with and without a word about the environment', async (t) => {
  const { code, printed } = await said(['check', example]);
  t.is(code, 0);
  t.regex(printed, /is valid: instance lab, 1 repository\./);
  t.regex(printed, /gpu-test: test with gpu-test, 2 GPUs, at most 45m/);
  t.regex(printed, /--environment does that\.$/);
  const whole = await said(['check', example, '--environment'], { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' });
  t.is(whole.code, 0);
  t.regex(whole.printed, /The environment is valid\.$/);
});

test('the configuration of manifests/bot is well', async (t) => {
  t.is((await said(['check', fileURLToPath(new URL('../../manifests/bot/coxswain.yaml', import.meta.url))])).code, 0);
});

test('mistakes are named and give 1', async (t) => {
  const file = join(folder, 'bad.yaml');
  writeFileSync(file, 'instance: lab\nchannle: "#ci"\n');
  const { code, complained, printed } = await said(['check', file, '--environment']);
  t.is(code, 1);
  t.is(printed, '');
  t.regex(complained, /bad\.yaml:2:1: channle: unknown key, did you mean channel\?/);
  t.regex(complained, /SLACK_BOT_TOKEN: is not set/);
});

test('what a start would refuse of the environment is named with everything else', async (t) => {
  const file = written('outside', 'no: [template');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(
      'repositories:',
      'registries: {quay: {push: q.io, api: "https://q.io", ca: /gone.pem}}, repositories:',
    ),
  );
  const env = { LOG_LEVEL: 'loud', REGISTRY_QUAY_USERNAME: 'cox' };
  const { code, complained } = await said(['check', file, '--environment'], env);
  t.is(code, 1);
  for (const place of ['LOG_LEVEL', 'SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'REGISTRY_QUAY_USERNAME', 'registries.quay.ca', 'image.template'])
    t.true(complained.includes(`${place}: `), complained);
  t.notRegex((await said(['check', file], env)).complained, /LOG_LEVEL|quay/);
});

test('the file is COXSWAIN_CONFIG where no word names it', async (t) => {
  t.is((await said(['check'], { COXSWAIN_CONFIG: example })).code, 0);
  t.regex(
    (await said(['check'], { COXSWAIN_CONFIG: join(folder, 'gone.yaml') })).complained,
    /gone\.yaml: no such file; give another path/,
  );
});

test('a folder is no configuration', async (t) => {
  t.regex((await said(['check', folder])).complained, /: is a folder; give the path of the file in it$/);
});

test('check renders the templates and names the place in the template', async (t) => {
  const { code, complained } = await said(['check', written('typo', 'kind: Job\nname: {{ .Run.Identity }}\n')]);
  t.is(code, 1);
  t.regex(complained, /repositories\[0\]\.stages\[0\]\.image\.template: .*typo-template\.yaml.*2.*Identity/s);
});

test('check tells of a template that is not there, whatever else is wrong', async (t) => {
  const file = join(folder, 'absent.yaml');
  writeFileSync(
    file,
    readFileSync(example, 'utf8')
      .replace(/template: makisu\b/, 'template: makisuu')
      .concat('bogus: 1\n'),
  );
  const { code, complained } = await said(['check', file]);
  t.is(code, 1);
  t.regex(
    complained,
    /:\d+:\d+: repositories\[0\]\.stages\[\d\]\.image\.template: there is no template makisuu .*did you mean makisu\?; known are /,
  );
  t.regex(complained, /bogus: unknown key/);
});

test('check knows the readers', async (t) => {
  const job =
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: x, annotations: {coxswain/reader: bazel}}\nspec: {template: {spec: {containers: [{name: x, image: y}]}}}\n';
  t.regex(
    (await said(['check', written('reader', job)])).complained,
    /There is no log reader "bazel": coxswain\/reader must be one of git, go-test, makisu, plain/,
  );
});

test('check knows the forms of logins', async (t) => {
  const job =
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: x, annotations: {coxswain/registry-login: podman}}\nspec: {template: {spec: {containers: [{name: x, image: y}]}}}\n';
  t.regex((await said(['check', written('login', job)])).complained, /There is no form of logins "podman": .* makisu, docker-config/);
});

test('check refuses a template that makes a Secret', async (t) => {
  const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n';
  t.regex((await said(['check', written('secret', secret)])).complained, /Secret x is not allowed/);
});

test('render prints what a stage would create', async (t) => {
  const commit = 'c'.repeat(40);
  const { code, printed } = await said(['render', 'runner', 'gpu-test', '--config', example, '--commit', commit]);
  t.is(code, 0);
  const objects = [...(parseAllDocuments(printed) as Iterable<{ toJS(): KubernetesObject }>)].map((document) => document.toJS());
  t.deepEqual(
    objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    [
      'Namespace cox-lab-runner-0',
      'NetworkPolicy run',
      'Secret registry-config',
      'Secret git-credentials',
      'PersistentVolumeClaim workspace',
      'Job gpu-test',
    ],
  );
  t.true(printed.includes(commit));
  t.true(printed.includes('nvidia.com/gpu: 2'));
});

const misunderstood = test.macro<[words: readonly string[], complaint: RegExp]>({
  async exec(t, words, complaint) {
    const { code, complained } = await said(words);
    t.is(code, 2);
    t.regex(complained, complaint);
  },
  title: (_, words) => `not understood: coxswain ${words.join(' ')}`,
});

test(misunderstood, ['chek'], /unknown command chek, did you mean check\?; available: check, render, doctor, help/);
test(misunderstood, ['check', 'a', 'b'], /only one file at a time, found a b\nUsage: coxswain check/);
test(misunderstood, ['check', '--fast'], /Unknown option '--fast'\.\nUsage: coxswain check/);
test(misunderstood, ['render', 'runner'], /give one repository and one of its stages\nUsage: coxswain render/);
test(misunderstood, ['render', 'a', 'b', '--commit', 'main'], /--commit takes the full SHA, found main/);

test('render says which repositories and stages there are', async (t) => {
  const of = async (...names: string[]) => said(['render', ...names, '--config', example]);
  t.like(await of('x', 'image'), { code: 1, complained: 'no repository x; available: studio-go-runner' });
  t.like(await of('runner', 'x'), {
    code: 1,
    complained: 'studio-go-runner has no stage x; it has image, gpu-test, release-stock, release-azure',
  });
});

test('help is made from the programs', async (t) => {
  for (const words of [['help'], ['--help']])
    t.regex((await said(words)).printed, /coxswain check .*\n.*coxswain render .*\n.*coxswain doctor /);
  t.is((await said([])).code, 2);
  t.like(await said(['doctor', '--help']), { code: 0 });
});

test('a template of a user has the partials of the bot, and may redefine them in files beside it', async (t) => {
  const job = `apiVersion: batch/v1
kind: Job
metadata: {name: image}
spec:
  template:
    spec:
      {{- include "pod" . | nindent 6 }}
      initContainers:
        {{- include "clone" . | nindent 8 }}
      containers: [{name: build, image: build}]
      volumes:
        {{- include "clone.volumes" . | nindent 8 }}
`;
  const file = written('clones', job);
  const render = () => said(['render', 'demo', 'image', '--config', file]);
  t.regex((await render()).printed, /- name: clone\n +image: docker\.io\/alpine\/git/);
  t.like(await said(['check', file]), { code: 0 });
  const partial = join(folder, '_clone.tpl');
  t.teardown(() => rmSync(partial));
  writeFileSync(partial, '{{ define "clone" }}- {name: clone, image: mine}{{ end }}');
  t.regex((await render()).printed, /- name: clone\n +image: mine\n/);
  writeFileSync(partial, '{{ define "clone" }}\n{{ .Comit }}{{ end }}');
  const { code, complained } = await said(['check', file]);
  t.is(code, 1);
  t.true(complained.includes(`repositories[0].stages[0].image.template: ${partial}:2:4: .Comit is not set`), complained);
});

test('a reader that closes the pipe early, as head does, ends it without a complaint', async (t) => {
  const words = ['src/cli.ts', 'render', 'studio-go-runner', 'image', '--config', 'coxswain.example.yaml'];
  const child = spawn(process.execPath, ['--no-warnings', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  t.deepEqual({ complaint, code }, { complaint: '', code: 0 });
});
