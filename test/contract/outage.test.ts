import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kubernetes, startKubernetes } from '@coxswain/sandbox';
import test, { type ExecutionContext } from 'ava';
import { loadKubeConfig } from '../../src/clients/cluster/transport/kube-config.ts';
import { jobOf, shell } from './kubernetes/shapes.ts';
import { type Place, World } from './kubernetes/world.ts';

const troubles: Readonly<Record<string, (kubernetes: Kubernetes) => Promise<void> | void>> = {
  'the API server restarts': (kubernetes) => kubernetes.restart(1_000),
  'connections are cut': (kubernetes) => kubernetes.breakWatches(true),
  'the history has expired when connections are cut': (kubernetes) => {
    kubernetes.expireHistory();
    kubernetes.breakWatches(true);
  },
};

for (const [what, trouble] of Object.entries(troubles)) {
  test(`while a Job runs, ${what}: its end is told, and its log goes on from where it was`, async (t) => {
    const { kubernetes, world } = await standIn(t);
    const place = { namespace: 'default', labels: world.labels('1'), runUid: '1' };
    const script = 'for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.3; done';
    await world.client.create(jobOf(place, 'counts', { containers: [shell(world.images.shell, script)] }));
    const pod = await world.pod(place, ({ phase }) => phase === 'Running');
    const lines = await readThrough(world, place, pod.name, (count) => (count === 3 ? trouble(kubernetes) : undefined));
    t.deepEqual(lines, ['1', '2', '3', '4', '5', '6', '7', '8']);
    t.truthy(await world.job(place, 'counts', ({ conditions }) => conditions.some(({ type }) => type === 'Complete')));
  });
}

async function standIn(t: ExecutionContext): Promise<{ kubernetes: Kubernetes; world: World }> {
  const folder = await mkdtemp(join(tmpdir(), 'outage-'));
  const programs = [{ match: /^(docker\.io\/library\/)?busybox:/ }];
  const kubernetes = await startKubernetes({ folder, registries: {}, programs, containerEnv: { PATH: process.env.PATH ?? '' } });
  const file = join(folder, 'kubeconfig');
  await writeFile(file, kubernetes.kubeconfig);
  const world = new World({ kubeConfig: loadKubeConfig({ KUBECONFIG: file }), images: { shell: 'busybox:1.35', missing: '' } });
  t.teardown(async () => {
    await world.close();
    await kubernetes.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { kubernetes, world };
}

/** Reads a log until it has been read once after the end of its pod, each time from the last line that is there. */
async function readThrough(world: World, place: Place, pod: string, heard: (count: number) => Promise<void> | void): Promise<string[]> {
  const found = new Map<string, string>();
  const hasEnded = () => world.pods.some(({ view }) => view.name === pod && view.phase === 'Succeeded');
  for (let last = false; !last; ) {
    last = hasEnded();
    const at = { namespace: place.namespace, pod, container: 'main', since: [...found.keys()].at(-1) };
    try {
      for await (const { time, text } of world.client.followLog(at, new AbortController().signal)) {
        const isNew = !found.has(time);
        found.set(time, text);
        if (isNew) await heard(found.size);
      }
    } catch {
      last = false;
      await world.until('the server is back', () => world.client.version().catch(() => undefined));
    }
  }
  return [...found.values()];
}
