import test, { type ExecutionContext } from 'ava';
import { aLab, changedTemplate, imageStage, type Lab, type Stage } from './lab.ts';
import type { Pod } from './pods.ts';

const long = 150_000;
const cleaning: (() => unknown)[] = [];
let lab: Lab;

/** One bot, and for each kind of trouble a repository; one commit starts a run in all of them. */
test.before(async (t) => {
  const image = (name: string) => imageStage(`lab/trouble-${name}`);
  const shell = (script: string, more: Stage = {}) => ({
    name: 'test',
    test: { template: 'test', command: ['sh', '-c', script], values: { reader: 'plain' }, ...more },
  });
  const hungry = { values: { reader: 'plain', resources: { limits: { memory: '32Mi' } } } };
  lab = await aLab(
    { teardown: (fn) => cleaning.unshift(fn), log: t.log },
    {
      name: 'trouble',
      repositories: async (way) => ({
        gpus: [image('gpus'), { name: 'test', test: { template: 'gpu-test', gpus: 4, startTimeout: '20s' } }],
        quota: [image('quota'), { name: 'test', test: { template: 'gpu-test', gpus: 1, startTimeout: '20s' } }],
        pull: [
          imageStage('lab/trouble-pull', {
            template: await changedTemplate(way, 'makisu', 'image: {{ .Tools.Git | quote }}', 'image: docker.io/library/no-such-image:1'),
            startTimeout: '30s',
          }),
        ],
        security: [
          imageStage('lab/trouble-security', {
            template: await changedTemplate(way, 'makisu', 'coxswain/pod-security: baseline', 'coxswain/pod-security: restricted'),
            startTimeout: '20s',
          }),
        ],
        policy: [
          imageStage('lab/trouble-policy', {
            template: await changedTemplate(way, 'makisu', 'restartPolicy: Never', 'restartPolicy: Never\nhostNetwork: true'),
          }),
        ],
        oom: [image('oom'), shell('echo fills its memory; tail /dev/zero', hungry)],
        deadline: [image('deadline'), shell('echo hangs; sleep 600', { timeout: '10s' })],
        cancel: [image('cancel'), shell('echo runs long; sleep 600')],
      }),
    },
  );
  await lab.way.start();
  await lab.way.world.sample.commitGood();
});

test.after.always(async () => {
  for (const clean of cleaning) await clean();
});

async function failed(t: ExecutionContext, id: string): Promise<string> {
  const shown = await lab.way.showsUp(id, new RegExp(`\\*${id}\\* failed after`), long);
  await lab.way.until(() => lab.way.thread(id).length > 0);
  t.log(shown, lab.way.threadWords(id));
  return shown;
}

/** What holds a run up must be shown within ten seconds of the API showing it. */
async function soonShown(t: ExecutionContext, id: string, inApi: () => boolean | Promise<boolean>, words: RegExp): Promise<void> {
  await lab.way.until(inApi, long);
  const since = Date.now();
  await lab.way.showsUp(id, words);
  const took = Date.now() - since;
  t.true(took < 10_000, `${took} ms`);
  t.log(`shown ${took} ms after the API`);
}

const isUnschedulable = ({ status }: Pod): boolean => status?.conditions?.some(({ reason }) => reason === 'Unschedulable') ?? false;

const cannotPull = ({ status }: Pod): boolean =>
  status?.initContainerStatuses?.some(({ state }) => /ErrImagePull|ImagePullBackOff/.test(state?.waiting?.reason ?? '')) ?? false;

/** Whether the Job controller was refused a pod of the run, as its Event says. */
async function isRefused(id: string): Promise<boolean> {
  const path = `/api/v1/namespaces/${lab.namespaceOf(id)}/events`;
  const { items } = (await lab.api.json({ doing: 'list Events', path })) as { items: readonly { reason?: string }[] };
  return items.some(({ reason }) => reason === 'FailedCreate');
}

test('four GPUs asked of a node that has two: the cause is shown, and fails the run at its limit', async (t) => {
  const { way, pods } = lab;
  const words = /waiting: the only node has too little free nvidia\.com\/gpu \(the stage requests 4\)/;
  await soonShown(t, 'gpus-1', () => pods.of('gpus-1', 'test').some(isUnschedulable), words);
  t.regex(
    await failed(t, 'gpus-1'),
    /Did not start within 20 s: the only node has too little free nvidia\.com\/gpu \(the stage requests 4\)/,
  );
  t.regex(way.threadWords('gpus-1'), /Request fewer GPUs/);
  await way.until(() => pods.present('gpus-1').every((name) => !name.startsWith('test')));
});

test('a quota that forbids the pod is named', async (t) => {
  const { way, api, namespaceOf } = lab;
  await way.until(() => lab.hasNamespace('quota-1'), long);
  const quota = { metadata: { name: 'no-gpus' }, spec: { hard: { 'requests.nvidia.com/gpu': '0' } } };
  await api.json({
    doing: 'make a quota',
    path: `/api/v1/namespaces/${namespaceOf('quota-1')}/resourcequotas`,
    method: 'POST',
    body: quota,
  });
  const words = /waiting: no pod can start: quota no-gpus is used up \(requests requests\.nvidia\.com\/gpu=1, used 0 of 0\)/;
  await soonShown(t, 'quota-1', () => isRefused('quota-1'), words);
  t.regex(await failed(t, 'quota-1'), /Did not start within 20 s: no pod can start: quota no-gpus is used up/);
  t.deepEqual(lab.pods.of('quota-1', 'test'), []);
});

test('an image that cannot be pulled is named', async (t) => {
  const words =
    /waiting: clone: its image cannot be pulled \((ErrImagePull|ImagePullBackOff): docker\.io\/library\/no-such-image:1: not found\)/;
  await soonShown(t, 'pull-1', () => lab.pods.of('pull-1', 'image').some(cannotPull), words);
  t.regex(await failed(t, 'pull-1'), /Did not start within 30 s: clone: its image cannot be pulled \(.*no-such-image:1: not found/);
});

test('a pod that PodSecurity refuses is shown with what is forbidden', async (t) => {
  const words = /waiting: no pod can start: PodSecurity "restricted:latest" forbids it \(allowPrivilegeEscalation != false/;
  await soonShown(t, 'security-1', () => isRefused('security-1'), words);
  t.regex(await failed(t, 'security-1'), /Did not start within 20 s: no pod can start: PodSecurity .*must set securityContext/);
});

test('a template that asks for more than the policy of the bot lets it make is told which line of it', async (t) => {
  t.regex(await failed(t, 'policy-1'), /The cluster refused it: Job image: .*denied request: a pod of a run shares nothing of its node/);
  const told = lab.way.threadWords('policy-1');
  t.regex(told, /ValidatingAdmissionPolicy .*a pod of a run shares nothing of its node \(hostNetwork, hostPID, hostIPC\)/);
  t.regex(told, /what `manifests\/bot\/policy\.yaml` allows/);
});

test('a test that is killed for its memory says so', async (t) => {
  t.regex(await failed(t, 'oom-1'), /ran out of memory: the kernel killed it at its memory limit/);
  t.regex(lab.way.threadWords('oom-1'), /fills its memory/);
});

test('a test that outlasts its limit says so', async (t) => {
  t.regex(await failed(t, 'deadline-1'), /was stopped because it exceeded its time limit \(limit 10 s\)/);
  t.regex(lab.way.threadWords('deadline-1'), /hangs/);
});

test('cancelling ends the pods of a run', async (t) => {
  const { way, pods } = lab;
  await way.showsUp('cancel-1', /\*test\* runs/, long);
  t.is(pods.present('cancel-1').filter((name) => name.startsWith('test')).length, 1);
  await way.press('U0123ADA', 'cancel-1', 'cancel cancel-1');
  t.regex(await way.showsUp('cancel-1', /was cancelled by <@U0123ADA>/), /\*image\* passed[\s\S]*\*test\* cancelled/);
  await way.until(() => pods.present('cancel-1').every((name) => !name.startsWith('test')), long);
});
