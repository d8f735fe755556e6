import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import test from 'ava';
import { over, pod, podsPath, shell, type World, world } from './_world.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of the API
type Any = any;

/** Waits until `act` fails; the system tells nobody when the last of a group is reaped. Never where that does not come. */
async function fails(act: () => unknown): Promise<void> {
  for (;;) {
    try {
      await act();
    } catch {
      return;
    }
    await setTimeout(20);
  }
}

const main = ({ status }: Any): Any => status.containerStatuses[0].state;
const waitsFor =
  (reason: string) =>
  (one: Any): boolean =>
    one.status.containerStatuses?.[0].state.waiting?.reason === reason;
const reasonsOf = async ({ get }: World, name: string): Promise<string[]> =>
  (await get(`/api/v1/namespaces/ci/events?fieldSelector=involvedObject.name%3D${name}`)).body.items.map(({ reason }: Any) => reason);

test('a pod goes Pending, Running, Succeeded, and its conditions say where it is', async (t) => {
  const here = await world(t);
  const from = (await here.get(podsPath)).body.metadata.resourceVersion;
  await here.send('POST', podsPath, pod('one', [shell('sleep 0.2')]));
  const phases: string[] = [];
  for await (const { object } of here.watch(`${podsPath}?resourceVersion=${from}`)) {
    const ready = object.status.conditions?.find(({ type }: Any) => type === 'Ready');
    const word = [object.status.phase, ready?.status, ready?.reason].filter(Boolean).join(' ');
    if (phases.at(-1) !== word) phases.push(word);
    if (over(object)) break;
  }
  t.deepEqual(phases, [
    'Pending',
    'Pending False ContainersNotReady',
    'Running True',
    'Running False PodCompleted',
    'Succeeded False PodCompleted',
  ]);
  const reasons = await reasonsOf(here, 'one');
  t.deepEqual(reasons.sort(), ['Created', 'Pulled', 'Scheduled', 'Started']);
});

test('containers wait for the init containers, and a failed one ends the pod', async (t) => {
  const here = await world(t);
  const inits = [shell('sleep 0.3', { name: 'first' }), shell('exit 7', { name: 'second' })];
  await here.send('POST', podsPath, pod('one', [shell('echo never')], { initContainers: inits }));
  const waiting = await here.until(`${podsPath}/one`, ({ status }) => status.initContainerStatuses?.[0].state.running);
  t.is(waiting.status.phase, 'Pending');
  t.is(waiting.status.initContainerStatuses[1].state.waiting.reason, 'PodInitializing');
  const done = await here.until(`${podsPath}/one`, over);
  t.is(done.status.phase, 'Failed');
  t.deepEqual(
    done.status.initContainerStatuses.map(({ state }: Any) => state.terminated.exitCode),
    [0, 7],
  );
  t.deepEqual(main(done), { waiting: { reason: 'PodInitializing' } });
});

test('GPUs are given to one pod after another; what never fits says so', async (t) => {
  const here = await world(t, { gpus: 2 });
  const asking = (gpus: number, script: string): object => shell(script, { resources: { limits: { 'nvidia.com/gpu': String(gpus) } } });
  await here.send('POST', podsPath, pod('first', [asking(2, 'sleep 0.4')]));
  await here.until(`${podsPath}/first`, ({ spec }) => spec.nodeName);
  await here.send('POST', podsPath, pod('second', [asking(1, 'true')]));
  await here.send('POST', podsPath, pod('never', [asking(4, 'true')]));
  const refused = (one: Any): boolean => one.status.conditions?.[0].reason === 'Unschedulable';
  const message = ({ status }: Any): string => status.conditions[0].message;
  const none = '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.';
  const waiting = await here.until(`${podsPath}/second`, refused);
  t.like(waiting.status.conditions[0], { type: 'PodScheduled', status: 'False' });
  t.true(message(waiting).startsWith(none) && message(waiting).endsWith('1 No preemption victims found for incoming pod.'));
  const never = await here.until(`${podsPath}/never`, refused);
  t.true(message(never).startsWith(none) && message(never).endsWith('1 Preemption is not helpful for scheduling.'));
  t.true((await reasonsOf(here, 'never')).includes('FailedScheduling'));
  t.is(here.cluster.snapshot().node.gpusUsed, 2);
  await here.until(`${podsPath}/second`, over);
});

test('a claim that is missing keeps a pod from its node until it comes', async (t) => {
  const here = await world(t);
  await here.send(
    'POST',
    podsPath,
    pod('one', [shell('true')], { volumes: [{ name: 'w', persistentVolumeClaim: { claimName: 'work' } }] }),
  );
  const waiting = await here.until(`${podsPath}/one`, ({ status }) => status.conditions);
  t.regex(waiting.status.conditions[0].message, /persistentvolumeclaim "work" not found/);
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  await here.send('POST', '/api/v1/namespaces/ci/persistentvolumeclaims', { metadata: { name: 'work' }, spec });
  t.is((await here.until(`${podsPath}/one`, over)).status.phase, 'Succeeded');
});

test('a node selector that the node does not match is said', async (t) => {
  const here = await world(t);
  await here.send('POST', podsPath, pod('one', [shell('true')], { nodeSelector: { disk: 'fast' } }));
  const waiting = await here.until(`${podsPath}/one`, ({ status }) => status.conditions);
  t.regex(waiting.status.conditions[0].message, /1 node\(s\) didn't match Pod's node affinity\/selector\./);
});

test('a registry that nobody knows is ErrImagePull, then ImagePullBackOff, and no log is to be had', async (t) => {
  const here = await world(t);
  await here.send('POST', podsPath, pod('one', [{ name: 'main', image: 'nowhere.example/team/app:1' }]));
  const failed = await here.until(`${podsPath}/one`, waitsFor('ErrImagePull'));
  t.regex(
    main(failed).waiting.message,
    /^rpc error: code = Unknown desc = failed to pull and unpack image "nowhere.example\/team\/app:1": .+ dial tcp: lookup nowhere.example: no such host$/,
  );
  const resting = await here.until(`${podsPath}/one`, waitsFor('ImagePullBackOff'));
  t.regex(
    main(resting).waiting.message,
    /^Back-off pulling image "nowhere.example\/team\/app:1": ErrImagePull: rpc error: code = Unknown desc = failed to pull/,
  );
  t.is(resting.status.phase, 'Pending');
  const { code, body } = await here.get(`${podsPath}/one/log`);
  t.is(code, 400);
  t.regex(body.message, /^container "main" in pod "one" is waiting to start: (trying and failing to pull image|image can't be pulled)$/);
  const reasons = await reasonsOf(here, 'one');
  t.deepEqual(
    ['Pulling', 'Failed', 'BackOff'].filter((one) => !reasons.includes(one)),
    [],
  );
});

test('what a container leaves at its terminationMessagePath, which a variable names, is the message of its end', async (t) => {
  const here = await world(t);
  const told = { ...shell('printf "sha256:%s" 1 > "$MESSAGE"'), env: [{ name: 'MESSAGE', value: '/dev/termination-log' }] };
  const other = {
    ...shell('printf other > "$MESSAGE"'),
    env: [{ name: 'MESSAGE', value: '/own/place' }],
    terminationMessagePath: '/own/place',
  };
  await here.send('POST', podsPath, pod('one', [told]));
  await here.send('POST', podsPath, pod('two', [other]));
  await here.send('POST', podsPath, pod('none', [shell('true')]));
  const ends = await Promise.all(
    ['one', 'two', 'none'].map(async (name) => main(await here.until(`${podsPath}/${name}`, over)).terminated.message),
  );
  t.deepEqual(ends, ['sha256:1', 'other', undefined]);
});

test('a program that does not exist is StartError with code 128', async (t) => {
  const here = await world(t);
  await here.send('POST', podsPath, pod('one', [{ name: 'main', image: 'busybox', command: ['no-such-program'] }]));
  const done = await here.until(`${podsPath}/one`, over);
  t.like(main(done).terminated, { exitCode: 128, reason: 'StartError' });
  t.regex(main(done).terminated.message, /exec: "no-such-program": executable file not found in \$PATH: unknown$/);
});

test('a mount path that no variable names is refused with a remedy, and nothing starts', async (t) => {
  const here = await world(t);
  const mounted = shell('echo never', { env: [{ name: 'OTHER', value: '/else' }], volumeMounts: [{ name: 'w', mountPath: '/data' }] });
  await here.send('POST', podsPath, pod('one', [mounted], { volumes: [{ name: 'w', emptyDir: {} }] }));
  const waiting = await here.until(`${podsPath}/one`, waitsFor('CreateContainerConfigError'));
  t.regex(main(waiting).waiting.message, /volume "w" at \/data.+must come from an environment variable.+value \/data/);
});

const privileged: [string, object, object][] = [
  ['a privileged container', { securityContext: { privileged: true } }, {}],
  ['a host path', {}, { volumes: [{ name: 'h', hostPath: { path: '/etc' } }] }],
  ['the host network', {}, { hostNetwork: true }],
];
for (const [what, container, spec] of privileged) {
  test(`${what} is refused by the sandbox`, async (t) => {
    const here = await world(t);
    await here.send('POST', podsPath, pod('one', [shell('echo never', container)], spec));
    const waiting = await here.until(`${podsPath}/one`, waitsFor('CreateContainerConfigError'));
    t.regex(main(waiting).waiting.message, /plain processes and refuses this pod/);
  });
}

test('a pod beyond its own deadline is Failed with DeadlineExceeded', async (t) => {
  const here = await world(t);
  await here.send('POST', podsPath, pod('one', [shell('exec sleep 60')], { activeDeadlineSeconds: 4 }));
  const { status } = await here.until(`${podsPath}/one`, over);
  t.like(status, { phase: 'Failed', reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' });
  t.is(status.containerStatuses[0].state.terminated.exitCode, 143);
});

test('a deleted pod gets SIGTERM, its grace period, then SIGKILL for the whole group; its files go', async (t) => {
  const here = await world(t);
  const script = 'trap "echo asked to stop" TERM; echo $$$$; (trap "" TERM; sleep 60) & while :; do sleep 0.1; done';
  await here.send('POST', podsPath, pod('one', [shell(script)], { terminationGracePeriodSeconds: 1 }));
  const { metadata } = await here.until(`${podsPath}/one`, ({ status }) => status.phase === 'Running');
  const following = here.text(`${podsPath}/one/log?follow=true`);
  const { body } = await here.send('DELETE', `${podsPath}/one`);
  t.is(body.metadata.deletionGracePeriodSeconds, 1);
  await here.gone(`${podsPath}/one`);
  const [group = '', word] = (await following).split('\n');
  t.is(word, 'asked to stop');
  await fails(() => process.kill(-Number(group), 0));
  await fails(() => access(join(here.folder, 'pods', metadata.uid)));
  t.pass();
});

test('an evicted pod is Failed with the reason Evicted', async (t) => {
  const here = await world(t);
  await here.send('POST', podsPath, pod('one', [shell('exec sleep 60')]));
  await here.until(`${podsPath}/one`, ({ status }) => status.phase === 'Running');
  here.cluster.evictPod('ci', 'one');
  t.like((await here.until(`${podsPath}/one`, over)).status, { phase: 'Failed', reason: 'Evicted' });
});

test('a container that holds more memory than its limit is OOMKilled', async (t) => {
  const here = await world(t);
  const script = 'x=$(head -c 40000000 /dev/zero | tr "\\0" x); sleep 60';
  await here.send('POST', podsPath, pod('one', [shell(script, { resources: { limits: { memory: '30Mi' } } })]));
  const { status } = await here.until(`${podsPath}/one`, over);
  t.like(status.containerStatuses[0].state.terminated, { exitCode: 137, reason: 'OOMKilled' });
});

test('OnFailure starts a container again, at once and then after a pause, and keeps the log of the try before', async (t) => {
  const here = await world(t);
  const script = 'echo try; [ -e $W/third ] && exit 0; [ -e $W/second ] && touch $W/third; touch $W/second; exit 1';
  const again = shell(script, { env: [{ name: 'W', value: '/w' }], volumeMounts: [{ name: 'w', mountPath: '/w' }] });
  await here.send('POST', podsPath, pod('one', [again], { restartPolicy: 'OnFailure', volumes: [{ name: 'w', emptyDir: {} }] }));
  await here.until(`${podsPath}/one`, waitsFor('CrashLoopBackOff'));
  const done = await here.until(`${podsPath}/one`, over);
  t.like(done.status.containerStatuses[0], {
    restartCount: 2,
    state: { terminated: { exitCode: 0 } },
    lastState: { terminated: { exitCode: 1 } },
  });
  t.is(await here.text(`${podsPath}/one/log?previous=true`), 'try\n');
});

test('closing the cluster leaves no process and no pod behind', async (t) => {
  const here = await world(t);
  await here.send('POST', podsPath, pod('one', [shell('echo $$$$; exec sleep 60')]));
  await here.until(`${podsPath}/one`, ({ status }) => status.phase === 'Running');
  let text = '';
  while (!text) text = await here.text(`${podsPath}/one/log`);
  await here.cluster.close();
  await fails(() => process.kill(Number(text), 0));
  t.true((await readdir(here.folder)).includes('pods'));
});
