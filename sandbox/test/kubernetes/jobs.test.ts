import test from 'ava';
import { ended, job, jobsPath, podsPath, shell, type World, world } from './_world.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of the API
type Any = any;

const conditions = ({ status }: Any): string[] => (status.conditions ?? []).map(({ type, reason }: Any) => `${type} ${reason}`);
const podsOf = async ({ get }: World, name: string): Promise<Any[]> =>
  (await get(`${podsPath}?labelSelector=job-name%3D${name}`)).body.items;
const eventsOf = async ({ get }: World, uid: string): Promise<Any[]> =>
  (await get(`/api/v1/namespaces/ci/events?fieldSelector=involvedObject.uid%3D${uid}`)).body.items;

test('a failed pod fails a Job without retries, and the pod stays with its exit code', async (t) => {
  const here = await world(t);
  await here.send('POST', jobsPath, job('bad', [shell('exit 3')]));
  const done = await here.until(`${jobsPath}/bad`, ended);
  t.deepEqual(conditions(done), ['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded']);
  t.like(done.status, { failed: 1, ready: 0 });
  t.is(done.status.completionTime, undefined);
  const [pod] = await podsOf(here, 'bad');
  t.like(pod.status, { phase: 'Failed' });
  t.like(pod.status.containerStatuses[0].state.terminated, { exitCode: 3, reason: 'Error' });
  t.is(pod.metadata.finalizers, undefined);
  const reasons = (await eventsOf(here, done.metadata.uid)).map(({ reason }: Any) => reason);
  t.deepEqual(reasons.sort(), ['BackoffLimitExceeded', 'SuccessfulCreate']);
});

test('backoffLimit counts the pods that may fail before the Job does', async (t) => {
  const here = await world(t);
  await here.send('POST', jobsPath, job('again', [shell('exit 1')], { backoffLimit: 2 }));
  const done = await here.until(`${jobsPath}/again`, ended);
  t.is(done.status.failed, 3);
  t.is((await podsOf(here, 'again')).length, 3);
});

test('completions and parallelism are kept', async (t) => {
  const here = await world(t);
  await here.send('POST', jobsPath, job('many', [shell('sleep 0.1')], { completions: 3, parallelism: 2 }));
  let most = 0;
  const done = await here.until(`${jobsPath}/many`, (one) => {
    most = Math.max(most, one.status.active ?? 0);
    return ended(one);
  });
  t.deepEqual([done.status.succeeded, most], [3, 2]);
});

test('a Job beyond activeDeadlineSeconds fails, and its pod is deleted', async (t) => {
  const here = await world(t);
  await here.send('POST', jobsPath, job('late', [shell('sleep 60')], { activeDeadlineSeconds: 1 }));
  const done = await here.until(`${jobsPath}/late`, ended);
  t.deepEqual(conditions(done), ['FailureTarget DeadlineExceeded', 'Failed DeadlineExceeded']);
  t.is(done.status.conditions[1].message, 'Job was active longer than specified deadline');
  t.deepEqual(await podsOf(here, 'late'), []);
});

test('a suspended Job has no pod until it is resumed', async (t) => {
  const here = await world(t);
  await here.send('POST', jobsPath, job('later', [shell('true')], { suspend: true }));
  const waiting = await here.until(`${jobsPath}/later`, ({ status }) => status.conditions?.length > 0);
  t.deepEqual(conditions(waiting), ['Suspended JobSuspended']);
  t.is(waiting.status.startTime, undefined);
  t.deepEqual(await podsOf(here, 'later'), []);
  await here.send('PATCH', `${jobsPath}/later`, { spec: { suspend: false } }, 'application/merge-patch+json');
  const done = await here.until(`${jobsPath}/later`, ended);
  t.deepEqual(conditions(done), ['Suspended JobResumed', 'SuccessCriteriaMet CompletionsReached', 'Complete CompletionsReached']);
});

test('a finished Job goes after its time to live, and its pods with it', async (t) => {
  const here = await world(t);
  await here.send('POST', jobsPath, job('short', [shell('true')], { ttlSecondsAfterFinished: 0 }));
  await here.gone(`${jobsPath}/short`);
  t.deepEqual(await podsOf(here, 'short'), []);
});

const running = (one: Any): boolean => one.status.active === 1;

test('a Job deleted in the background goes at once, its pod after it', async (t) => {
  const here = await world(t);
  await here.send('POST', jobsPath, job('gone', [shell('exec sleep 60')]));
  await here.until(`${jobsPath}/gone`, running);
  const [pod] = await podsOf(here, 'gone');
  await here.until(`${podsPath}/${pod.metadata.name}`, ({ status }) => status.phase === 'Running');
  const { body } = await here.send('DELETE', `${jobsPath}/gone`, { propagationPolicy: 'Background' });
  t.like(body, { kind: 'Status', status: 'Success', details: { name: 'gone', group: 'batch', kind: 'jobs' } });
  await here.gone(`${podsPath}/${pod.metadata.name}`);
});

test('a Job deleted in the foreground waits for its pod', async (t) => {
  const here = await world(t);
  await here.send('POST', jobsPath, job('gone', [shell('exec sleep 60')]));
  await here.until(`${jobsPath}/gone`, running);
  const { body } = await here.send('DELETE', `${jobsPath}/gone?propagationPolicy=Foreground`);
  t.deepEqual(body.metadata.finalizers, ['foregroundDeletion']);
  await here.gone(`${jobsPath}/gone`);
  t.deepEqual(await podsOf(here, 'gone'), []);
});

test('a Job deleted with nothing said leaves its pod behind', async (t) => {
  const here = await world(t);
  await here.send('POST', jobsPath, job('gone', [shell('exec sleep 60')]));
  await here.until(`${jobsPath}/gone`, running);
  await here.send('DELETE', `${jobsPath}/gone`);
  await here.gone(`${jobsPath}/gone`);
  const [pod] = await podsOf(here, 'gone');
  t.is(pod.metadata.ownerReferences, undefined);
  t.is(pod.metadata.deletionTimestamp, undefined);
});

test('a pod that is deleted by hand fails its Job', async (t) => {
  const here = await world(t);
  await here.send('POST', jobsPath, job('robbed', [shell('exec sleep 60')]));
  await here.until(`${jobsPath}/robbed`, running);
  const [pod] = await podsOf(here, 'robbed');
  await here.send('DELETE', `${podsPath}/${pod.metadata.name}`);
  t.deepEqual(conditions(await here.until(`${jobsPath}/robbed`, ended)), [
    'FailureTarget BackoffLimitExceeded',
    'Failed BackoffLimitExceeded',
  ]);
});

async function refusal(here: World, uid: string): Promise<Any> {
  for await (const { object } of here.watch(`/api/v1/namespaces/ci/events?fieldSelector=involvedObject.uid%3D${uid}`)) {
    if (object.reason === 'FailedCreate') return object;
  }
}

test('a Job whose pod a quota forbids hangs with no pod and no condition; only an Event says why', async (t) => {
  const here = await world(t);
  await here.send('POST', '/api/v1/namespaces/ci/resourcequotas', { metadata: { name: 'none' }, spec: { hard: { pods: '0' } } });
  const { body } = await here.send('POST', jobsPath, job('refused', [shell('true')]));
  const event = await refusal(here, body.metadata.uid);
  t.like(event, { type: 'Warning', involvedObject: { kind: 'Job', name: 'refused' }, source: { component: 'job-controller' } });
  const words =
    /^Error creating: pods "refused-\w{5}" is forbidden: exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0$/;
  t.regex(event.message, words);
  const present = (await here.get(`${jobsPath}/refused`)).body;
  t.deepEqual([conditions(present), present.status.active, await podsOf(here, 'refused')], [[], undefined, []]);
  await here.send('DELETE', '/api/v1/namespaces/ci/resourcequotas/none');
  t.is((await here.until(`${jobsPath}/refused`, ended)).status.succeeded, 1);
});

test('a quota on GPUs counts what pods ask for, and says so of a pod too', async (t) => {
  const here = await world(t);
  const hard = { 'requests.nvidia.com/gpu': '1' };
  await here.send('POST', '/api/v1/namespaces/ci/resourcequotas', { metadata: { name: 'gpus' }, spec: { hard } });
  const pod = { metadata: { name: 'big' }, spec: { containers: [shell('true', { resources: { limits: { 'nvidia.com/gpu': 2 } } })] } };
  const { code, body } = await here.send('POST', podsPath, pod);
  t.is(code, 403);
  const amounts = 'requested: requests.nvidia.com/gpu=2, used: requests.nvidia.com/gpu=0, limited: requests.nvidia.com/gpu=1';
  t.is(body.message, `pods "big" is forbidden: exceeded quota: gpus, ${amounts}`);
});

test('a Job whose pod the namespace holds for insecure hangs the same way', async (t) => {
  const here = await world(t);
  const labels = { 'pod-security.kubernetes.io/enforce': 'baseline' };
  await here.send('PATCH', '/api/v1/namespaces/ci', { metadata: { labels } }, 'application/merge-patch+json');
  const { body } = await here.send('POST', jobsPath, job('bold', [shell('true', { securityContext: { privileged: true } })]));
  const words = 'violates PodSecurity "baseline:latest": privileged (container "main" must not set securityContext.privileged=true)';
  const { message } = await refusal(here, body.metadata.uid);
  t.true(message.endsWith(words), message);
});
