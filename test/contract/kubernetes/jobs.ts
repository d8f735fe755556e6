import { jobOf, pathOf, shell } from './shapes.ts';
import type { Chapter, Place } from './world.ts';

const isOver = ({ conditions }: { conditions: readonly { type: string; status: string }[] }) =>
  conditions.some(({ type, status }) => /^(Complete|Failed)$/.test(type) && status === 'True');

/** How Jobs run and end. */
export const jobs: Chapter = (test, world) => {
  test('a Job whose container ends with 0 becomes Complete; its pod carries its labels and belongs to it', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    t.is(await client.create(jobOf(place, 'good', { containers: [shell(images.shell, 'sleep 1; echo done')] })), 'created');
    t.is((await world().job(place, 'good', ({ active }) => active === 1)).conditions.length, 0);
    const pod = await world().pod(place, ({ phase }) => phase === 'Succeeded');
    t.like(pod.containers[0], { name: 'main', init: false, state: 'terminated', exitCode: 0, reason: 'Completed' });
    t.like(pod.labels, { ...place.labels, 'coxswain/stage': 'good', 'job-name': 'good', 'batch.kubernetes.io/job-name': 'good' });
    for (const time of [pod.createdAt, pod.startTime, pod.containers[0]?.startedAt, pod.containers[0]?.finishedAt]) {
      t.regex(time ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    }
    const job = await world().job(place, 'good', isOver);
    t.like(job, { active: 0, succeeded: 1, failed: 0 });
    t.true(job.conditions.some(({ type, status }) => type === 'Complete' && status === 'True'));
    const { metadata } = await world().get(pathOf(place, 'v1', 'pods', pod.name));
    t.like(metadata.ownerReferences, [{ kind: 'Job', name: 'good', uid: job.uid, controller: true }]);
    t.regex(pod.name, /^good-[a-z0-9]{5}$/);
  });

  test('a Job without another try fails with its container, whose exit code is told, and makes no second pod', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    await client.create(jobOf(place, 'bad', { containers: [shell(images.shell, 'echo oh; exit 3')] }));
    const job = await world().job(place, 'bad', isOver);
    t.like(job, { active: 0, succeeded: 0, failed: 1 });
    const failed = job.conditions.find(({ type }) => type === 'Failed');
    t.deepEqual(failed, {
      type: 'Failed',
      status: 'True',
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
    });
    const pod = await world().pod(place, ({ phase }) => phase === 'Failed');
    t.like(pod.containers[0], { state: 'terminated', exitCode: 3, reason: 'Error' });
    t.is(pod.reason, undefined);
    t.is(
      new Set(
        world()
          .pods.filter(({ view }) => view.namespace === place.namespace)
          .map(({ view }) => view.uid),
      ).size,
      1,
    );
  });

  test('an init container that fails fails the pod; the container after it never starts', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const initContainers = [shell(images.shell, 'echo no such commit; exit 128', { name: 'clone' })];
    await client.create(jobOf(place, 'clone', { initContainers, containers: [shell(images.shell, 'echo never')] }));
    await world().job(place, 'clone', isOver);
    const pod = await world().pod(place, ({ phase }) => phase === 'Failed');
    t.like(pod.containers[0], { name: 'clone', init: true, state: 'terminated', exitCode: 128, reason: 'Error' });
    t.like(pod.containers[1], { name: 'main', init: false, state: 'waiting', reason: 'PodInitializing' });
  });

  test('a pod that is active for too long fails with DeadlineExceeded, and its Job with it', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    await client.create(jobOf(place, 'slow', { activeDeadlineSeconds: 2, containers: [shell(images.shell, 'sleep 600')] }));
    const pod = await world().pod(place, ({ phase }) => phase === 'Failed');
    t.like(pod, { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' });
    const job = await world().job(place, 'slow', isOver);
    t.is(job.conditions.find(({ type }) => type === 'Failed')?.reason, 'BackoffLimitExceeded');
  });

  test('a process that is killed is told by its exit code alone', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    await client.create(jobOf(place, 'killed', { containers: [shell(images.shell, "sh -c 'kill -9 $$$$'; exit $?")] }));
    const pod = await world().pod(place, ({ phase }) => phase === 'Failed');
    t.like(pod.containers[0], { exitCode: 137, signal: undefined, reason: 'Error' });
  });

  test('a command that is not in the image ends with 128 and says so', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const command = { name: 'main', image: images.shell, command: ['/no/such/program'] };
    await client.create(jobOf(place, 'absent', { containers: [command] }));
    const pod = await world().pod(place, ({ phase }) => phase === 'Failed');
    t.like(pod.containers[0], { exitCode: 128, reason: 'StartError' });
    t.regex(pod.containers[0]?.message ?? '', /\/no\/such\/program.*no such file or directory/);
  });

  test('a Job that is deleted takes its pods with it', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    await client.create(jobOf(place, 'stopped', { containers: [shell(images.shell, 'sleep 600')] }));
    const pod = await world().pod(place, ({ phase }) => phase === 'Running');
    await client.deleteJob(place.namespace, 'stopped');
    await world().until('the pod is gone', () => world().pods.find(({ view, gone }) => gone && view.uid === pod.uid));
    t.is(await client.job(place.namespace, 'stopped'), undefined);
    t.true(world().jobs.some(({ view, gone }) => gone && view.name === 'stopped' && view.namespace === place.namespace));
    t.truthy((await world().pod(place, ({ uid, deletedAt }) => uid === pod.uid && deletedAt !== undefined)).deletedAt);
  });

  for (const [what, send] of [
    ['deleted by somebody', removal],
    ['drained from its node', eviction],
  ] as const) {
    test(`a pod that is ${what} goes, and its Job fails without another`, async (t) => {
      const { api, client, images } = world();
      const place = await world().place(t);
      await client.create(jobOf(place, 'taken', { containers: [shell(images.shell, 'sleep 600')] }));
      const { name, uid } = await world().pod(place, ({ phase }) => phase === 'Running');
      await api.json(send(place, name));
      const leaving = await world().pod(place, (pod) => pod.uid === uid && pod.deletedAt !== undefined);
      const target = leaving.conditions.find(({ type }) => type === 'DisruptionTarget');
      t.is(target?.reason, send === eviction ? 'EvictionByEvictionAPI' : undefined);
      const job = await world().job(place, 'taken', isOver);
      t.is(job.conditions.find(({ type }) => type === 'Failed')?.reason, 'BackoffLimitExceeded');
      t.is(job.failed, 1);
      await world().until('the pod is gone', () => world().pods.find(({ view, gone }) => gone && view.uid === uid));
      t.is(
        new Set(
          world()
            .pods.filter(({ view }) => view.namespace === place.namespace)
            .map(({ view }) => view.uid),
        ).size,
        1,
      );
    });
  }

  test('what a healthy Job does is told by events', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    await client.create(jobOf(place, 'told', { containers: [shell(images.shell, 'true')] }));
    const job = await world().job(place, 'told', isOver);
    const pod = await world().pod(place, ({ phase }) => phase === 'Succeeded');
    t.like(await world().event(place, job.uid, 'SuccessfulCreate'), { type: 'Normal', message: `Created pod: ${pod.name}` });
    t.like(await world().event(place, job.uid, 'Completed'), { type: 'Normal', message: 'Job completed' });
    for (const reason of ['Scheduled', 'Pulled', 'Created', 'Started']) t.is((await world().event(place, pod.uid, reason)).type, 'Normal');
  });
};

const removal = (place: Place, name: string) => ({
  doing: 'delete a pod',
  method: 'DELETE' as const,
  path: pathOf(place, 'v1', 'pods', name),
});

const eviction = (place: Place, name: string) => ({
  doing: 'evict a pod',
  method: 'POST' as const,
  path: `${pathOf(place, 'v1', 'pods', name)}/eviction`,
  body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: place.namespace } },
});
