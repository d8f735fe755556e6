import { jobOf, shell } from './shapes.ts';
import type { Chapter, Place, World } from './world.ts';

/** Volumes and how their paths are named. */
export const volumes: Chapter = (test, world) => {
  const workspace = { env: [{ name: 'WORKSPACE', value: '/workspace' }], volumeMounts: [{ name: 'workspace', mountPath: '/workspace' }] };

  test('two Jobs share the claim of their namespace, one after the other', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const { namespace, labels } = place;
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    await client.create({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { namespace, name: 'workspace', labels }, spec });
    const volumes = [{ name: 'workspace', persistentVolumeClaim: { claimName: 'workspace' } }];
    const run = async (name: string, script: string) => {
      await client.create(jobOf(place, name, { containers: [shell(images.shell, script, workspace)], volumes }));
      return logOf(world(), place, name);
    };
    t.deepEqual(await run('first', 'cd "$WORKSPACE" && mkdir -p source && echo hello > source/file && ls'), ['source']);
    t.deepEqual(await run('second', 'cat "$WORKSPACE/source/file"'), ['hello']);
  });

  test('an empty folder is shared by the containers of a pod', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const initContainers = [shell(images.shell, 'echo from init > "$WORKSPACE/file"', { ...workspace, name: 'clone' })];
    const containers = [shell(images.shell, 'cat "$WORKSPACE/file"', workspace)];
    await client.create(jobOf(place, 'shared', { initContainers, containers, volumes: [{ name: 'workspace', emptyDir: {} }] }));
    t.deepEqual(await logOf(world(), place, 'shared'), ['from init']);
  });

  test('a Secret as a volume is a folder with a file for each key', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const { namespace, labels } = place;
    await client.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace, name: 'login', labels },
      stringData: { user: 'x', token: 'y' },
    });
    const containers = [shell(images.shell, 'cd "$WORKSPACE"; ls; cat user token', workspace)];
    await client.create(jobOf(place, 'login', { containers, volumes: [{ name: 'workspace', secret: { secretName: 'login' } }] }));
    t.deepEqual(await logOf(world(), place, 'login'), ['token', 'user', 'xy']);
  });

  test('$(NAME) in arguments and values becomes the variable; what is unknown, and $$(NAME), stay as text', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const container = {
      name: 'main',
      image: images.shell,
      command: ['sh', '-c', 'for word in "$@"; do echo "$word"; done; echo "$LATE"', 'sh'],
      args: ['$(NAME)/source', '$(UNKNOWN)', '$$(NAME)', '$(FULL)'],
      env: [
        { name: 'NAME', value: 'ada' },
        { name: 'FULL', value: '$(NAME) lovelace' },
        { name: 'LATE', value: '$(AFTER)' },
        { name: 'AFTER', value: 'x' },
      ],
    };
    await client.create(jobOf(place, 'names', { containers: [container] }));
    t.deepEqual(await logOf(world(), place, 'names'), ['ada/source', '$(UNKNOWN)', '$(NAME)', 'ada lovelace', '$(AFTER)']);
  });

  test('variables come from Secrets and from the pod itself', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const { namespace, labels } = place;
    await client.create({ apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: 'login', labels }, stringData: { token: 'y' } });
    const env = [
      { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'login', key: 'token' } } },
      { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    ];
    await client.create(jobOf(place, 'from', { containers: [shell(images.shell, 'echo "$TOKEN $NAMESPACE"', { env })] }));
    t.deepEqual(await logOf(world(), place, 'from'), [`y ${namespace}`]);
  });
};

/** The whole log of the container `main` of a Job that has succeeded. */
async function logOf(world: World, place: Place, job: string): Promise<string[]> {
  const pod = await world.pod(place, ({ phase }) => phase === 'Succeeded' || phase === 'Failed', job);
  const lines = [];
  const at = { namespace: place.namespace, pod: pod.name, container: 'main' };
  for await (const { text } of world.client.followLog(at, new AbortController().signal)) lines.push(text);
  return lines;
}
