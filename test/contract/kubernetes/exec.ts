import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from '../../../src/core/cluster.ts';
import { createPod, shell } from './shapes.ts';
import type { Chapter, Place, World } from './world.ts';

const waits = "trap 'exit 0' TERM; sleep 600 & wait";

/** Commands in a container that runs, and files read out of it. */
export const exec: Chapter = (test, world) => {
  test('a command has the environment of its container; both outputs and the code come', async (t) => {
    const pod = await running(world(), await world().place(t), { env: [{ name: 'GREETING', value: 'hello' }] });
    const found = await run(world(), pod, ['sh', '-c', 'echo "$GREETING"; echo no >&2; exit 7']);
    t.deepEqual(found, { stdout: 'hello\n', exitCode: 7, stderr: 'no\n' });
    t.deepEqual(await run(world(), pod, ['true']), { stdout: '', exitCode: 0, stderr: '' });
  });

  test('words arrive as they are', async (t) => {
    const pod = await running(world(), await world().place(t));
    const words = ['a b', '', '-x', '"; $HOME', 'größe\n€', '$(NAME)', 'a+b&c=d;e%20'];
    const { stdout } = await run(world(), pod, ['sh', '-c', 'for word; do printf "%s|" "$word"; done', 'sh', ...words]);
    t.deepEqual(stdout, words.map((word) => `${word}|`).join(''));
  });

  test('what cannot be run is refused: no such program, container or pod', async (t) => {
    const pod = await running(world(), await world().place(t));
    const refused = async (at: { pod?: string; container?: string; command?: string[] }) =>
      t.throwsAsync(run(world(), { ...pod, ...at }, at.command ?? ['true']), { instanceOf: ClusterError });
    const program = await refused({ command: ['no-such-program'] });
    t.like(program, { code: 500, reason: 'InternalError', retry: false });
    t.regex(program.message, /exec: "no-such-program": executable file not found in \$PATH/);
    const container = await refused({ container: 'nope' });
    t.like(container, { code: 400, reason: 'BadRequest', retry: false });
    t.regex(container.message, new RegExp(`container nope is not valid for pod ${pod.pod}$`));
    t.like(await refused({ pod: 'absent' }), { code: 404, reason: 'NotFound', retry: false });
  });

  test('a container that does not run any more may do so later; a pod on no node is no place for a command', async (t) => {
    const place = await world().place(t);
    const ended = await create(world(), place, 'ended', 'true');
    await world().pod(place, ({ name, phase }) => name === 'ended' && phase === 'Succeeded');
    const late = await t.throwsAsync(run(world(), ended, ['true']), { instanceOf: ClusterError });
    t.like(late, { code: 500, retry: true });
    t.regex(late.message, /container not found \("main"\)$/);
    const resources = { limits: { 'nvidia.com/gpu': 4 } };
    const wide = await create(world(), place, 'wide', 'true', { resources });
    const early = await t.throwsAsync(run(world(), wide, ['true']), { instanceOf: ClusterError });
    t.like(early, { code: 400, retry: false });
    t.regex(early.message, /does not have a host assigned$/);
  });

  test('a command ends with its container', async (t) => {
    const place = await world().place(t);
    const pod = await running(world(), place);
    const { stdout, done } = world().client.exec({ ...pod, command: ['sh', '-c', 'echo begun; exec sleep 600'] }, never());
    stdout.once('data', () => void world().client.deletePod(place.namespace, pod.pod));
    t.is((await done).exitCode, 137);
    await world().until('the pod is gone', async () => (await world().client.pod(place.namespace, pod.pod)) === undefined || undefined);
    await t.notThrowsAsync(world().client.deletePod(place.namespace, pod.pod));
  });

  test('a command that is given up ends with the reason, and its output too', async (t) => {
    const pod = await running(world(), await world().place(t));
    const stop = new AbortController();
    const { stdout, done } = world().client.exec({ ...pod, command: ['sh', '-c', 'echo begun; exec sleep 600'] }, stop.signal);
    stdout.once('data', () => stop.abort(new Error('enough')));
    await t.throwsAsync(done, { message: 'enough' });
    t.is(stdout.errored?.message, 'enough');
  });

  test('a slow reader holds the command back: 200 MB come whole and never lie in memory', async (t) => {
    const pod = await running(world(), await world().place(t));
    const { stdout, done } = world().client.exec({ ...pod, command: ['sh', '-c', 'head -c 200000000 /dev/zero'] }, never());
    let bytes = 0;
    const waiting: number[] = [];
    for await (const chunk of stdout as AsyncIterable<Buffer>) {
      if (bytes >= waiting.length * 80_000_000) {
        await sleep(1_000);
        waiting.push(stdout.readableLength);
      }
      bytes += chunk.length;
    }
    t.is(bytes, 200_000_000);
    t.is((await done).exitCode, 0);
    t.is(waiting.length, 3);
    t.true(Math.max(...waiting) < 1_000_000, `${waiting} bytes came while nobody read`);
  });

  test('a file comes whole, whatever its name; a link, a folder, and nothing are refused', async (t) => {
    const mounted = { env: [{ name: 'DATA', value: '/data' }], volumeMounts: [{ name: 'data', mountPath: '/data' }] };
    const pod = await running(world(), await world().place(t), mounted, { volumes: [{ name: 'data', emptyDir: {} }] });
    const script = `cd "$DATA"; head -c 3000000 /dev/urandom > big; printf x > './-a b
c'; : > empty; ln -s big link; mkdir folder; pwd; sha256sum < big`;
    const [folder = '', sum = ''] = (await run(world(), pod, ['sh', '-c', script])).stdout.split('\n');
    const read = async (name: string) => {
      const chunks: Buffer[] = [];
      for await (const chunk of world().client.readFile(pod, `${folder}/${name}`, never())) chunks.push(chunk);
      return Buffer.concat(chunks);
    };
    const big = await read('big');
    t.is(big.length, 3_000_000);
    t.is(createHash('sha256').update(big).digest('hex'), sum.slice(0, 64));
    t.is((await read('-a b\nc')).toString(), 'x');
    t.is((await read('empty')).length, 0);
    for (const name of ['link', 'folder', 'absent']) {
      await t.throwsAsync(read(name), { instanceOf: ClusterError, message: new RegExp(`${name} cannot be read: `) }, name);
    }
  });
};

interface At {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

const never = () => new AbortController().signal;

async function create(world: World, place: Place, name: string, script: string, more = {}, spec = {}): Promise<At> {
  await createPod(world, place, name, { containers: [shell(world.images.shell, script, more)], ...spec });
  return { namespace: place.namespace, pod: name, container: 'main' };
}

async function running(world: World, place: Place, more = {}, spec = {}): Promise<At> {
  const at = await create(world, place, 'waits', waits, more, spec);
  await world.pod(place, ({ name, containers }) => name === at.pod && containers[0]?.state === 'running');
  return at;
}

async function run({ client }: World, at: At, command: readonly string[]) {
  const { stdout, done } = client.exec({ ...at, command }, never());
  let text = '';
  for await (const chunk of stdout.setEncoding('utf8')) text += chunk;
  return { stdout: text, ...(await done) };
}
