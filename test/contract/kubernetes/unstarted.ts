import { jobOf, pathOf, shell } from './shapes.ts';
import type { Chapter } from './world.ts';

/** Why a pod does not start, or does not even appear. */
export const unstarted: Chapter = (test, world) => {
  test('a Job whose pod a quota forbids has no pod and no condition; the reason stands in an event', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const metadata = { namespace: place.namespace, name: 'none', labels: place.labels };
    await client.create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { pods: '0' } } });
    await world().until('the quota counts', async () => {
      const { status } = await world().get(pathOf(place, 'v1', 'resourcequotas', 'none'));
      return (status as { used?: unknown }).used;
    });
    await client.create(jobOf(place, 'forbidden', { containers: [shell(images.shell, 'true')] }));
    const job = await world().job(place, 'forbidden', () => true);
    const event = await world().event(place, job.uid, 'FailedCreate', /quota/);
    t.is(event.type, 'Warning');
    const why = 'exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0';
    t.regex(event.message, new RegExp(`^Error creating: pods "forbidden-[a-z0-9]{5}" is forbidden: ${why}$`));
    t.like(await client.job(place.namespace, 'forbidden'), { active: 0, failed: 0, conditions: [] });
    t.false(world().pods.some(({ view }) => view.namespace === place.namespace));
  });

  test('a Job whose pod the pod security of the namespace forbids has no pod; the reason stands in an event', async (t) => {
    const { client, images } = world();
    const place = await world().place(t, { 'pod-security.kubernetes.io/enforce': 'baseline' });
    const securityContext = { privileged: true };
    await client.create(jobOf(place, 'mighty', { containers: [shell(images.shell, 'true', { securityContext })] }));
    const job = await world().job(place, 'mighty', () => true);
    // The account of a namespace that was just made may be missing at the first try.
    const { message } = await world().event(place, job.uid, 'FailedCreate', /PodSecurity/);
    t.regex(message, /^Error creating: pods "mighty-[a-z0-9]{5}" is forbidden: violates PodSecurity "baseline:latest": privileged/);
    t.regex(message, /privileged \(container "main" must not set securityContext\.privileged=true\)$/);
  });

  test('a pod that fits on no node waits, and condition and event say why', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const resources = { limits: { 'nvidia.com/gpu': 4 } };
    await client.create(jobOf(place, 'wide', { containers: [shell(images.shell, 'true', { resources })] }));
    const pod = await world().pod(place, ({ conditions }) => conditions.some(({ type }) => type === 'PodScheduled'));
    const condition = pod.conditions.find(({ type }) => type === 'PodScheduled');
    const why = /^0\/1 nodes are available: 1 Insufficient nvidia\.com\/gpu\./;
    t.like(condition, { status: 'False', reason: 'Unschedulable' });
    t.regex(condition?.message ?? '', why);
    t.like(pod, { phase: 'Pending', node: undefined, containers: [{ state: 'waiting', reason: undefined }] });
    const event = await world().event(place, pod.uid, 'FailedScheduling');
    t.is(event.type, 'Warning');
    t.regex(event.message, why);
  });

  test('an image that is nowhere: ErrImagePull, then ImagePullBackOff', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    await client.create(jobOf(place, 'nowhere', { containers: [shell(images.missing, 'true')] }));
    const waits = (reason: string) => world().pod(place, ({ containers }) => containers[0]?.reason === reason);
    const { containers, uid, phase } = await waits('ErrImagePull');
    t.is(phase, 'Pending');
    t.regex(containers[0]?.message ?? '', /not found/);
    t.regex((await waits('ImagePullBackOff')).containers[0]?.message ?? '', /^Back-off pulling image/);
    t.is((await world().event(place, uid, 'Failed', /^Failed to pull image/)).type, 'Warning');
  });

  test('a key that its Secret does not have: CreateContainerConfigError', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const { namespace, labels } = place;
    await client.create({ apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: 'login', labels }, stringData: { user: 'x' } });
    const secret = (name: string, key: string) => ({ env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name, key } } }] });
    await client.create(jobOf(place, 'keyless', { containers: [shell(images.shell, 'true', secret('login', 'token'))] }));
    await client.create(jobOf(place, 'secretless', { containers: [shell(images.shell, 'true', secret('absent', 'token'))] }));
    const waits = async (job: string) => {
      const pod = await world().pod(place, ({ containers }) => containers[0]?.reason === 'CreateContainerConfigError', job);
      return pod.containers[0]?.message;
    };
    t.is(await waits('keyless'), `couldn't find key token in Secret ${namespace}/login`);
    t.is(await waits('secretless'), 'secret "absent" not found');
  });

  test('a volume of a Secret that is not there holds the pod back; an event says so', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const volumes = [{ name: 'config', secret: { secretName: 'absent' } }];
    const mounted = { env: [{ name: 'CONFIG', value: '/config' }], volumeMounts: [{ name: 'config', mountPath: '/config' }] };
    await client.create(jobOf(place, 'unmounted', { containers: [shell(images.shell, 'true', mounted)], volumes }));
    const pod = await world().pod(place, ({ containers }) => containers[0]?.reason === 'ContainerCreating');
    // Under load a kubelet says first that its cache of Secrets is late.
    const why = /^MountVolume\.SetUp failed for volume "config" : secret "absent" not found$/;
    t.is((await world().event(place, pod.uid, 'FailedMount', why)).type, 'Warning');
  });
};
