import { ClusterError } from '../../../src/core/cluster.ts';
import type { LogLine } from '../../../src/core/logs.ts';
import { jobOf, shell } from './shapes.ts';
import type { Chapter, Place, World } from './world.ts';

const stamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(Z|[+-]\d\d:\d\d)$/;

/** How the log of a container is read. */
export const logs: Chapter = (test, world) => {
  test('a log is followed while the container runs, both its streams, each line with its time, and ends with it', async (t) => {
    const place = await world().place(t);
    const pod = await running(world(), place, 'for i in 1 2 3; do echo out $i; sleep 1; echo err $i >&2; sleep 1; done');
    const arrivals: number[] = [];
    const found = await read(world(), place, pod, {}, () => arrivals.push(Date.now()));
    t.deepEqual(
      found.map(({ text }) => text),
      ['out 1', 'err 1', 'out 2', 'err 2', 'out 3', 'err 3'],
    );
    t.true((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0) > 1_000, 'the lines came while it ran');
    for (const { time } of found) t.regex(time, stamp);
    const times = found.map(({ time }) => time);
    t.deepEqual(times, [...times].sort());
  });

  test('a log may be read after the end, again and from a time on, to the second', async (t) => {
    const place = await world().place(t);
    const pod = await running(world(), place, 'echo one; sleep 2; echo two; sleep 2; printf three');
    const whole = await read(world(), place, pod);
    t.deepEqual(
      whole.map(({ text }) => text),
      ['one', 'two', 'three'],
    );
    await world().pod(place, ({ phase }) => phase === 'Succeeded');
    t.deepEqual(await read(world(), place, pod), whole);
    t.deepEqual(
      (await read(world(), place, pod, { since: whole[1]?.time })).map(({ text }) => text),
      ['two', 'three'],
    );
    const later = new Date(Date.parse(whole[2]?.time ?? '') + 60_000).toISOString();
    t.deepEqual(await read(world(), place, pod, { since: later }), []);
  });

  test('long lines, empty lines and characters of many bytes come whole', async (t) => {
    const place = await world().place(t);
    const pod = await running(world(), place, "echo; echo 'größe €'; head -c 40000 /dev/zero | tr '\\0' x; echo; echo end");
    const texts = (await read(world(), place, pod)).map(({ text }) => text);
    t.deepEqual(texts, ['', 'größe €', 'x'.repeat(40_000), 'end']);
  });

  test('the log of an init container is read by its name', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const initContainers = [shell(images.shell, 'echo cloned', { name: 'clone' })];
    await client.create(jobOf(place, 'main', { initContainers, containers: [shell(images.shell, 'echo built')] }));
    const { name } = await world().pod(place, ({ phase }) => phase === 'Succeeded');
    t.deepEqual(
      (await read(world(), place, name, { container: 'clone' })).map(({ text }) => text),
      ['cloned'],
    );
    t.deepEqual(
      (await read(world(), place, name)).map(({ text }) => text),
      ['built'],
    );
  });

  test('a container that waits, one that does not exist, a pod that does not exist', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const initContainers = [shell(images.shell, 'sleep 600', { name: 'clone' })];
    await client.create(jobOf(place, 'waits', { initContainers, containers: [shell(images.shell, 'true')] }));
    const { name } = await world().pod(place, ({ containers }) => containers[0]?.state === 'running');
    const refused = (at: { container?: string; pod?: string }) =>
      t.throwsAsync(read(world(), place, at.pod ?? name, at), { instanceOf: ClusterError });
    const waiting = await refused({});
    t.like(waiting, { code: 400, reason: 'BadRequest', retry: true });
    t.regex(waiting.message, new RegExp(`container "main" in pod "${name}" is waiting to start: PodInitializing$`));
    const unknown = await refused({ container: 'nope' });
    t.like(unknown, { code: 400, reason: 'BadRequest', retry: false });
    t.regex(unknown.message, new RegExp(`container nope is not valid for pod ${name}$`));
    const absent = await refused({ pod: 'absent' });
    t.like(absent, { code: 404, reason: 'NotFound', retry: false });
    t.regex(absent.message, /pods "absent" not found$/);
  });

  test('a pod on no node has no log yet', async (t) => {
    const { client, images } = world();
    const place = await world().place(t);
    const resources = { limits: { 'nvidia.com/gpu': 4 } };
    await client.create(jobOf(place, 'wide', { containers: [shell(images.shell, 'true', { resources })] }));
    const { name } = await world().pod(place, ({ conditions }) => conditions.some(({ type }) => type === 'PodScheduled'));
    const outcome = await read(world(), place, name).catch((error: unknown) => error);
    if (outcome instanceof ClusterError) t.like(outcome, { code: 400, reason: 'BadRequest' });
    else t.deepEqual(outcome, []);
  });

  test('a follow that is aborted ends without an error', async (t) => {
    const place = await world().place(t);
    const pod = await running(world(), place, 'echo one; sleep 600');
    const stop = new AbortController();
    const found = await read(world(), place, pod, { signal: stop.signal }, () => stop.abort());
    t.deepEqual(
      found.map(({ text }) => text),
      ['one'],
    );
  });
};

async function running(world: World, place: Place, script: string): Promise<string> {
  await world.client.create(jobOf(place, 'main', { containers: [shell(world.images.shell, script)] }));
  return (await world.pod(place, ({ phase }) => phase !== 'Pending')).name;
}

interface Reading {
  readonly container?: string;
  readonly since?: string | undefined;
  readonly signal?: AbortSignal;
}

async function read({ client }: World, { namespace }: Place, pod: string, how: Reading = {}, heard?: () => void): Promise<LogLine[]> {
  const { container = 'main', since, signal = new AbortController().signal } = how;
  const found: LogLine[] = [];
  for await (const line of client.followLog({ namespace, pod, container, since }, signal)) {
    found.push(line);
    heard?.();
  }
  return found;
}
