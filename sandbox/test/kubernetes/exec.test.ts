/** pods/exec of the stand-in: what the contract with the client does not touch. */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { type ClientOptions, WebSocket } from 'ws';
import { pod, podsPath, shell, type World, world } from './_world.ts';

const waits = "trap 'exit 0' TERM; sleep 600 & wait";
const v4 = 'v4.channel.k8s.io';
const v5 = 'v5.channel.k8s.io';

async function running(t: ExecutionContext, more: object = {}, options: Parameters<typeof world>[1] = {}): Promise<World> {
  const here = await world(t, options);
  await here.send('POST', podsPath, pod('one', [shell(waits, more)]));
  await here.until(`${podsPath}/one`, ({ status }) => status.phase === 'Running');
  return here;
}

function pathOf(command: readonly string[], wants = 'stdout=true&stderr=true'): string {
  return `${podsPath}/one/exec?${wants}&${command.map((word) => `command=${encodeURIComponent(word)}`).join('&')}`;
}

interface Talk {
  readonly socket: WebSocket;
  readonly protocol: string;
  /** What has come on a channel so far. */
  said(channel: number): string;
  readonly closed: Promise<number>;
}

/** Opens the connection; rejects with the answer where it is refused. */
function open({ cluster }: World, path: string, protocols: readonly string[], options: ClientOptions = {}): Promise<Talk> {
  const socket = new WebSocket(cluster.url.replace('http', 'ws') + path, [...protocols], options);
  const messages: Buffer[] = [];
  socket.on('message', (data) => messages.push(data as Buffer));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const said = (channel: number) => Buffer.concat(messages.filter(([first]) => first === channel).map((one) => one.subarray(1))).toString();
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ socket, protocol: socket.protocol, said, closed }));
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => reject(new Error(`${response.statusCode} ${JSON.parse(text).message}`)));
    });
    socket.once('error', reject);
  });
}

test('the newest protocol that both know is spoken; without one there is no connection', async (t) => {
  const here = await running(t);
  t.is((await open(here, pathOf(['true']), [v4, v5])).protocol, v5);
  t.is((await open(here, pathOf(['true']), ['v3.channel.k8s.io', v4])).protocol, v4);
  await t.throwsAsync(open(here, pathOf(['true']), ['v3.channel.k8s.io']), { message: /^403 / });
});

test('standard input is read to its end, which the fifth version can tell', async (t) => {
  const here = await running(t);
  const { socket, said, closed } = await open(here, pathOf(['cat'], 'stdin=true&stdout=true'), [v5]);
  socket.send(Buffer.from('\0hello '));
  socket.send(Buffer.from('\0world'));
  socket.send(Buffer.of(255, 0));
  t.is(await closed, 1000);
  t.is(said(1), 'hello world');
  t.deepEqual(JSON.parse(said(3)), { metadata: {}, status: 'Success' });
});

test('only the outputs that were asked for come', async (t) => {
  const here = await running(t);
  const script = ['sh', '-c', 'echo out; echo err >&2; exit 3'];
  const { said, closed } = await open(here, pathOf(script, 'stderr=true'), [v4]);
  await closed;
  t.deepEqual([said(1), said(2)], ['', 'err\n']);
  t.like(JSON.parse(said(3)), { reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: '3' }] } });
  await t.throwsAsync(open(here, pathOf(['true'], 'stdin=false'), [v4]), {
    message: '400 you must specify at least 1 of stdin, stdout, stderr',
  });
});

test('mounts lie where they are for the container', async (t) => {
  const here = await world(t);
  const mounted = { env: [{ name: 'DATA', value: '/data' }], volumeMounts: [{ name: 'data', mountPath: '/data' }] };
  await here.send(
    'POST',
    podsPath,
    pod('one', [shell(`echo hello > "$DATA/file"; ${waits}`, mounted)], { volumes: [{ name: 'data', emptyDir: {} }] }),
  );
  await here.until(`${podsPath}/one`, ({ status }) => status.phase === 'Running');
  const { said, closed } = await open(here, pathOf(['sh', '-c', 'until cat "$DATA/file"; do sleep 0.1; done']), [v5]);
  await closed;
  t.is(said(1), 'hello\n');
  const other = await open(here, pathOf(['cat', '/data/file']), [v5]);
  await other.closed;
  t.is(other.said(1), 'hello\n');
});

test('a command ends with its connection, and all connections with the server', async (t) => {
  const here = await running(t);
  for (const end of [(talk: Talk) => talk.socket.terminate(), () => here.cluster.breakWatches(true), () => here.cluster.restart()]) {
    const file = join(here.folder, 'pid');
    const talk = await open(here, pathOf(['sh', '-c', 'echo $$ > "$1.new" && mv "$1.new" "$1"; exec sleep 600', 'sh', file]), [v5]);
    while (!existsSync(file)) await sleep(20);
    const pid = Number(await readFile(file, 'utf8'));
    t.true(existsSync(`/proc/${pid}`));
    await end(talk);
    await talk.closed;
    while (existsSync(`/proc/${pid}`)) await sleep(20);
    await rm(file);
  }
  t.pass();
});

test('a page, a plain request, another path, and an account that may not are refused', async (t) => {
  const here = await running(t);
  const page = open(here, pathOf(['true']), [v5], { headers: { origin: 'https://example.com' } });
  await t.throwsAsync(page, { message: '403 web pages have no business here' });
  t.like(await here.get(pathOf(['true'])), { code: 400, body: { reason: 'BadRequest', message: 'Upgrade request required' } });
  await t.throwsAsync(open(here, `${podsPath}/one`, [v5]), { message: '400 only pods/exec upgrades its connection' });
  await t.throwsAsync(open(here, '/nowhere', [v5]), { message: /^404 / });
  const strict = await running(t, {}, { denied: [{ verb: 'create', resource: 'pods/exec' }] });
  await t.throwsAsync(open(strict, pathOf(['true']), [v5]), { message: /^403 pods\/exec "one" is forbidden: .* cannot create resource/ });
});
