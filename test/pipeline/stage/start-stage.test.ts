import test, { type ExecutionContext } from 'ava';
import { ClusterError, type KubernetesObject } from '../../../src/core/cluster.ts';
import type { Repository } from '../../../src/core/config.ts';
import type { Run } from '../../../src/core/run/run.ts';
import type { StageRun } from '../../../src/core/run/stage-run.ts';
import type { TemplateSource } from '../../../src/core/template-source.ts';
import { renderStage, type StartDeps, submitStage } from '../../../src/pipeline/stage/start-stage.ts';
import { aBook, aRun, at, buildsImage, imageStage, startedStage, templateOf, tools } from '../world.ts';

const registry = { push: 'r:1', pull: 'r:1', api: 'http://r:1' };
const around = { registry, outside: {}, tools, pullCredentials: false };
const job = 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: {template: {spec: {containers: [{name: a, image: b}]}}}\n';

function waiting() {
  const { book } = aBook([aRun(1, { state: 'running', stages: [{ name: 'image', kind: 'image', state: 'waiting' }] })]);
  const start = (over: object) => ({ book, around, secrets: {}, outside: [], now: () => at(0), ...over }) as unknown as StartDeps;
  return { book, start, run: () => book.get('app-1') as Run };
}

async function fails(
  t: ExecutionContext,
  read: () => Promise<TemplateSource>,
  why: RegExp,
  repository: Repository = buildsImage,
): Promise<void> {
  const { start, run } = waiting();
  await renderStage(start({ templates: { read } }), run(), repository, imageStage);
  t.is(run().state, 'failed');
  t.regex(run().reason ?? '', /^image: The job template cannot be used: /);
  t.regex(run().reason ?? '', why);
  t.is(run().delivery.thread.filter(({ kind }) => kind === 'cause').length, 1);
}

const text = (of: string) => async () => templateOf(of);
test('an anchor that holds itself fails the run', fails, text(`${job}data: &x [*x]\n`), /inside its own anchor/);
test('a template without a Job fails the run', fails, text('# nothing\n'), /needs exactly one Job, this one has 0/);
test(
  'a Job without containers fails the run',
  fails,
  text('apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: [1]\n'),
  /has no spec\.template\.spec\.containers/,
);
test('a list in place of an object fails the run', fails, text('[1, 2]\n'), /must be a map, found a list/);
test(
  'whatever the renderer itself throws fails the run',
  fails,
  text(job),
  /an unexpected error in coxswain itself \(TypeError\), which is a bug/,
  {
    ...buildsImage,
    get clone(): string {
      throw new TypeError('a mistake of our own');
    },
  },
);

test('a template that cannot be read at this moment leaves the run as it is', async (t) => {
  const { start, run } = waiting();
  const busy = Object.assign(new Error('too many open files'), { code: 'EMFILE' });
  const read = async () => {
    throw busy;
  };
  await t.throwsAsync(renderStage(start({ templates: { read } }), run(), buildsImage, imageStage), { is: busy });
  t.like(run(), { state: 'running', stages: [{ state: 'waiting' }] });
});

test('a run that cannot be saved is no mistake of the template', async (t) => {
  const { book, failSaves } = aBook([aRun(1, { state: 'running', stages: [{ name: 'image', kind: 'image', state: 'waiting' }] })]);
  failSaves(true);
  const start = { book, around, templates: { read: text(job) }, now: () => at(0) } as unknown as StartDeps;
  await t.throwsAsync(renderStage(start, book.get('app-1') as Run, buildsImage, imageStage), { message: 'disk full' });
  t.is(book.get('app-1')?.state, 'running');
});

async function submitted(code: number, reason: string, retry: boolean) {
  const { start, run } = waiting();
  await renderStage(start({ templates: { read: text(job) } }), run(), buildsImage, imageStage);
  const create = async () => {
    throw new ClusterError('no', { code, reason, retry });
  };
  const [record] = run().stages;
  if (!record) throw new Error('no stage');
  await submitStage(start({ cluster: { create } }), run(), record, '1Gi');
  return run();
}

test('what the cluster refuses for good fails the run once, and what may pass is thrown for a later try', async (t) => {
  for (const code of [400, 403, 404, 422]) t.like(await submitted(code, 'Invalid', false), { state: 'failed' });
  for (const code of [409, 429, 500, 0]) await t.throwsAsync(submitted(code, 'Conflict', true), { instanceOf: ClusterError });
});

for (const [why, next] of [
  ["ValidatingAdmissionPolicy 'coxswain' with binding 'coxswain' denied request: no", /what `manifests\/bot\/policy\.yaml` allows/],
  [
    'User "system:serviceaccount:coxswain:coxswain" cannot create resource "networkpolicies" in API group',
    /Apply `manifests\/bot\/rbac\.yaml`/,
  ],
] as const) {
  test(`what is refused for good fails the stage and says what to do: ${why.slice(0, 30)}`, async (t) => {
    const { start, run } = waiting();
    const create = async () => {
      throw new ClusterError(why, { code: 403, reason: 'Forbidden', retry: false });
    };
    const record = {
      name: 'image',
      kind: 'image',
      state: 'starting',
      objects: [{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'image' } }],
    } as const;
    await submitStage(start({ cluster: { create } }), run(), record, '1Gi');
    t.is(run().state, 'failed');
    t.regex(run().stages[0]?.cause?.next ?? '', next);
  });
}

const wanting = (name: string, form: string | undefined): StageRun => {
  const annotations = { ...(form && { 'coxswain/registry-login': form }) };
  return { name, kind: 'image', state: 'starting', objects: [{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name, annotations } }] };
};

/** The files of the Secret of the registry that the last of these stages is started with, and whether one that is there is replaced. */
function loginsAt(...forms: readonly (string | undefined)[]) {
  return loginsOf(forms.map((form, at) => ({ ...wanting(`s${at}`, form), state: at < forms.length - 1 ? 'passed' : 'starting' })));
}

async function loginsOf(stages: readonly StageRun[]) {
  const { book } = aBook([aRun(1, { state: 'running', stages })]);
  const record = stages.at(-1) ?? startedStage();
  const found = { files: [] as string[], replaced: false };
  const noted = ({ kind, metadata, stringData }: KubernetesObject) => {
    if (kind !== 'Secret' || metadata.name !== 'registry-config') return false;
    found.files = Object.keys(stringData as object);
    return true;
  };
  const create = async (object: KubernetesObject) => (noted(object) ? 'exists' : 'created');
  const replace = async (object: KubernetesObject) => {
    found.replaced = noted(object);
  };
  const start = { book, around, secrets: {}, outside: [], now: () => at(0), cluster: { create, replace } } as unknown as StartDeps;
  await submitStage(start, book.get('app-1') as Run, record, '1Gi');
  return found;
}

test('the Secret of the registry has the logins in the form that the template wants', async (t) => {
  t.deepEqual(await loginsAt('makisu'), { files: ['registry.yaml'], replaced: true });
  t.deepEqual((await loginsAt('docker-config')).files, ['config.json']);
  t.deepEqual(await loginsAt(undefined), { files: [], replaced: false });
});

test('another form than that of the stages before is added to what the Secret has', async (t) => {
  t.deepEqual(await loginsAt('makisu', 'makisu'), { files: ['registry.yaml'], replaced: false });
  t.deepEqual(await loginsAt('makisu', undefined), { files: ['registry.yaml'], replaced: false });
  t.deepEqual(await loginsAt('makisu', undefined, 'docker-config'), { files: ['registry.yaml', 'config.json'], replaced: true });
});

test('of two that start side by side with another form, each adds it', async (t) => {
  const built = { ...wanting('s0', 'makisu'), state: 'passed' } as const;
  const beside = [wanting('s1', 'docker-config'), wanting('s2', 'docker-config')];
  for (const stages of [beside, beside.toReversed()])
    t.deepEqual(await loginsOf([built, ...stages]), { files: ['registry.yaml', 'config.json'], replaced: true });
});

test(
  'logins in a form that there is none of fail the run',
  fails,
  text(job.replace('{name: a}', '{name: a, annotations: {coxswain/registry-login: x}}')),
  /no form of logins "x"/,
);
