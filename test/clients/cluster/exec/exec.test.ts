import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, type Readable } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { pack } from 'tar-stream';
import { WebSocket, WebSocketServer } from 'ws';
import { type Execution, exec } from '../../../../src/clients/cluster/exec/exec.ts';
import { packing, unpacked } from '../../../../src/clients/cluster/exec/read-file.ts';
import { beat } from '../../../../src/clients/cluster/transport/heartbeat.ts';
import { PooledKubeConfig } from '../../../../src/clients/cluster/transport/kube-config.ts';
import { ClusterError } from '../../../../src/core/cluster.ts';

const at = { namespace: 'ci', pod: 'one', container: 'main', command: ['cat', 'a b', ''] };
const never = new AbortController().signal;

type Script = (socket: WebSocket, request: IncomingMessage) => void;

interface Manner {
  readonly refuse?: { readonly code: number; readonly body: string };
  readonly autoPong?: boolean;
}

/** An API server that upgrades every connection and lets the test speak, or refuses. */
async function aServer(t: ExecutionContext, script: Script, { refuse, autoPong = true }: Manner = {}): Promise<PooledKubeConfig> {
  const sockets = new WebSocketServer({
    noServer: true,
    autoPong,
    handleProtocols: (offered) => [...offered].find((one) => one.startsWith('v4')) ?? false,
  });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => {
    if (refuse)
      socket.end(`HTTP/1.1 ${refuse.code} No\r\nContent-Length: ${refuse.body.length}\r\nConnection: close\r\n\r\n${refuse.body}`);
    else sockets.handleUpgrade(request, socket, head, (opened) => script(opened, request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  });
  return kubeConfigOf((server.address() as AddressInfo).port);
}

function kubeConfigOf(port: number): PooledKubeConfig {
  const config = new PooledKubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server: `http://127.0.0.1:${port}`, skipTLSVerify: true }],
    users: [{ name: 'u', token: 't0k3n' }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  return config;
}

const say = (socket: WebSocket, channel: number, text: string) => socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]));
const success = '{"metadata":{},"status":"Success"}';

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

async function failures(config: PooledKubeConfig, signal = never): Promise<unknown[]> {
  const { stdout, done } = exec(config, at, signal);
  return Promise.all([textOf(stdout), done].map((part) => part.then(() => undefined).catch((error: unknown) => error)));
}

test('the request names container and command and carries the credentials; both outputs come until the Status', async (t) => {
  const asked: IncomingMessage[] = [];
  const config = await aServer(t, (socket, request) => {
    asked.push(request);
    for (const [channel, text] of [
      [1, ''],
      [1, 'out '],
      [2, 'err'],
      [1, 'put'],
      [3, success],
    ] as const)
      say(socket, channel, text);
  });
  const { stdout, done } = exec(config, at, never);
  t.is(await textOf(stdout), 'out put');
  t.deepEqual(await done, { exitCode: 0, stderr: 'err' });
  const url = new URL(asked[0]?.url ?? '', 'http://x');
  t.is(url.pathname, '/api/v1/namespaces/ci/pods/one/exec');
  t.deepEqual(url.searchParams.getAll('command'), ['cat', 'a b', '']);
  t.deepEqual([...new Set(url.searchParams.keys())], ['container', 'stdout', 'stderr', 'command']);
  t.is(asked[0]?.headers.authorization, 'Bearer t0k3n');
  t.is(asked[0]?.headers['sec-websocket-protocol'], 'v5.channel.k8s.io,v4.channel.k8s.io');
});

test('a connection that breaks before the Status ends both parts with an error that may pass', async (t) => {
  const config = await aServer(t, (socket) => {
    say(socket, 1, 'half');
    setImmediate(() => socket.terminate());
  });
  for (const error of await failures(config)) {
    t.true(error instanceof ClusterError);
    t.like(error, { code: 0, reason: 'Unreachable', retry: true });
    t.regex(String(error), /cannot be reached to run cat in ci\/one \(main\): the connection closed before the command had ended/);
  }
  const closed = await aServer(t, (socket) => socket.close(1000));
  for (const error of await failures(closed)) t.like(error, { reason: 'Unreachable', retry: true });
});

test('a server that is not there is an error that may pass', async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  for (const error of await failures(kubeConfigOf(port))) t.like(error, { code: 0, reason: 'Unreachable', retry: true });
});

test('a refusal says why, be it a Status or plain text', async (t) => {
  const status = '{"kind":"Status","status":"Failure","code":403,"reason":"Forbidden","message":"pods \\"one\\" is forbidden"}';
  const forbidden = await aServer(t, () => undefined, { refuse: { code: 403, body: status } });
  for (const error of await failures(forbidden)) {
    t.like(error, { code: 403, reason: 'Forbidden', retry: false });
    t.is((error as Error).message, 'Kubernetes refused to run cat in ci/one (main): pods "one" is forbidden');
  }
  const text = await aServer(t, () => undefined, { refuse: { code: 500, body: 'container not found ("main")' } });
  for (const error of await failures(text)) {
    t.like(error, { code: 500, retry: true });
    t.is((error as Error).message, 'Kubernetes refused to run cat in ci/one (main): container not found ("main")');
  }
});

test('a Status that is no exit code, or no JSON, is a failure', async (t) => {
  const ends = (status: string) => aServer(t, (socket) => say(socket, 3, status));
  const internal = '{"status":"Failure","reason":"InternalError","code":500,"message":"the node is on fire"}';
  for (const error of await failures(await ends(internal))) t.like(error, { code: 500, reason: 'InternalError', retry: true });
  const missing = '{"status":"Failure","reason":"InternalError","code":500,"message":"OCI runtime exec failed: no such file"}';
  for (const error of await failures(await ends(missing))) t.like(error, { code: 500, retry: false });
  for (const error of await failures(await ends('what'))) t.like(error, { reason: 'Unreachable', retry: true });
});

test('of the error output only the beginning is kept', async (t) => {
  const config = await aServer(t, (socket) => {
    for (let count = 0; count < 100; count += 1) say(socket, 2, 'e'.repeat(10_000));
    say(socket, 3, '{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}');
  });
  const { stdout, done } = exec(config, at, never);
  t.is(await textOf(stdout), '');
  const { exitCode, stderr } = await done;
  t.is(exitCode, 3);
  t.is(stderr.length, 65_536);
});

test('a reader that leaves ends the connection, and so does the signal, before it is open too', async (t) => {
  const closed: Promise<unknown>[] = [];
  const config = await aServer(t, (socket) => {
    closed.push(new Promise((resolve) => socket.once('close', resolve)));
    say(socket, 1, 'first');
  });
  const left = exec(config, at, never);
  for await (const _ of left.stdout) break;
  await t.throwsAsync(left.done, { name: 'AbortError' });
  const stop = new AbortController();
  const stopped = exec(config, at, stop.signal);
  stopped.stdout.once('data', () => stop.abort(new Error('enough')));
  await t.throwsAsync(stopped.done, { message: 'enough' });
  await Promise.all(closed);
  t.is(closed.length, 2);
  for (const error of await failures(config, AbortSignal.abort(new Error('too late')))) t.is((error as Error).message, 'too late');
});

test('a socket that answers no ping is dead; one that answers, and one that is paused, are not', async (t) => {
  const connected = async (autoPong: boolean): Promise<WebSocket> => {
    const config = await aServer(t, () => undefined, { autoPong });
    const url = (config.getCurrentCluster()?.server ?? '').replace('http', 'ws');
    const socket = new WebSocket(url, ['v4.channel.k8s.io']);
    t.teardown(() => socket.terminate());
    await new Promise((resolve) => socket.once('open', resolve));
    return socket;
  };
  t.is(await fate(await connected(true)), 'alive');
  t.is(await fate(await connected(false)), 'dead');
  const paused = await connected(false);
  paused.pause();
  t.is(await fate(paused), 'alive');
});

/** Whether a socket is still taken to be alive at its third ping. */
function fate(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => {
    let pings = 0;
    const ping = socket.ping.bind(socket);
    socket.ping = () => {
      pings += 1;
      if (pings === 3) resolve('alive');
      ping();
    };
    beat(socket, () => resolve('dead'), 300);
  });
}

const content = Buffer.alloc(100_000, 'x');

async function archive(...entries: readonly { name: string; type?: 'symlink' | 'directory' }[]): Promise<Buffer> {
  const packed = pack();
  for (const { name, type } of entries) {
    if (type) packed.entry({ name, type, linkname: 'x' });
    else packed.entry({ name }, content);
  }
  packed.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packed as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A command whose output is that, and then its end or its failure. */
function execution(output: Buffer, end: { exitCode: number; stderr: string } | Error): Execution & { stdout: PassThrough } {
  const stdout = new PassThrough();
  stdout.on('error', () => {});
  stdout.write(output);
  const done = end instanceof Error ? Promise.reject(end) : Promise.resolve(end);
  done.catch(() => {});
  if (end instanceof Error) setTimeout(() => stdout.destroy(end), 20);
  else stdout.end();
  return { stdout, done };
}

async function read(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const well = { exitCode: 0, stderr: '' };

test('a name is no option of tar, and its folder is another word', (t) => {
  t.deepEqual(packing('/w/a b/-rf'), ['tar', '-c', '-f', '-', '-C', '/w/a b', '--', './-rf']);
});

test('the bytes of the one file come, whatever it is called', async (t) => {
  const name = `${'long/'.repeat(50)}größe`;
  t.deepEqual(await read(unpacked('/w/x', execution(await archive({ name }), well))), content);
});

test('what is no file, or not one, is refused', async (t) => {
  const fails = async (output: Buffer, end: { exitCode: number; stderr: string }, message: RegExp) => {
    const error = await t.throwsAsync(read(unpacked('/w/x', execution(output, end))), { instanceOf: ClusterError, message });
    t.false(error.retry);
  };
  await fails(await archive({ name: 'x', type: 'symlink' }), well, /^\/w\/x cannot be read: it is a symlink, not a file$/);
  await fails(await archive({ name: 'x', type: 'directory' }), well, /it is a directory, not a file$/);
  await fails(await archive(), { exitCode: 1, stderr: 'tar: x: No such file\n' }, /^\/w\/x cannot be read: tar: x: No such file$/);
  await fails(await archive({ name: 'x' }, { name: 'y' }), well, /tar exited with code 0 after 2 files$/);
  await fails(await archive({ name: 'x' }), { exitCode: 1, stderr: 'tar: x: file changed' }, /tar: x: file changed$/);
  await fails(Buffer.alloc(1024, 'no archive'), well, /cannot be read: Invalid tar header/);
});

test('a connection that breaks in the middle, and a container that ends, may pass', async (t) => {
  const half = (await archive({ name: 'x' })).subarray(0, 60_000);
  const broken = new ClusterError('broken', { code: 0, reason: 'Unreachable', retry: true });
  t.is(await t.throwsAsync(read(unpacked('/w/x', execution(half, broken)))), broken);
  const killed = await t.throwsAsync(read(unpacked('/w/x', execution(half, { exitCode: 137, stderr: '' }))), { instanceOf: ClusterError });
  t.true(killed.retry);
});

test('a reader that leaves ends the command', async (t) => {
  const run = execution(await archive({ name: 'x' }), well);
  for await (const _ of unpacked('/w/x', run)) break;
  t.true(run.stdout.destroyed);
});
