/**
 * pods/exec over a WebSocket: which container, and then the first byte of every message is its channel. Sources:
 * k8s.io/apimachinery/pkg/util/remotecommand (constants.go) and k8s.io/kubelet/pkg/cri/streaming/remotecommand (websocket.go).
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Cluster } from '../cluster.ts';
import { badRequest, notFound, StatusError } from '../model/errors.ts';
import type { Pod } from '../model/pods.ts';
import { pods } from '../model/resources.ts';
import { StartError } from '../node/command.ts';
import type { Exec, ExecProcess, ExecSource } from '../node/exec.ts';
import { authorize } from './access.ts';
import { containerOf } from './logs.ts';
import { isTrue, type ResourcePath } from './request.ts';

const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

export interface ExecRequest {
  readonly cluster: Cluster;
  readonly node: ExecSource;
  readonly path: ResourcePath;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

const upgrades = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  handleProtocols: (offered) => protocols.find((protocol) => offered.has(protocol)) ?? false,
});

/** Runs the command that the query names and gives the connection over which it speaks. Throws StatusError, and text where the node refuses. */
export function serveExec({ cluster, node, path, query, request, socket, head }: ExecRequest): Promise<WebSocket> {
  const { namespace, name = '' } = path;
  for (const verb of ['get', 'create']) authorize(cluster, { verb, group: '', resource: 'pods/exec', namespace }, name);
  const pod = cluster.store.get<Pod>(pods, namespace, name);
  if (!pod) throw notFound(pods, name);
  const container = containerOf(pod, query.get('container') ?? '');
  if (!pod.spec.nodeName) throw badRequest(`pod ${name} does not have a host assigned`);
  const wants = { stdin: isTrue(query.get('stdin')), stdout: isTrue(query.get('stdout')), stderr: isTrue(query.get('stderr')) };
  if (!wants.stdin && !wants.stdout && !wants.stderr) throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  const exec = node.execIn(pod.metadata.uid, container);
  if (!exec) throw new StatusError(500, 'InternalError', `container not found ("${container}")`);
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
  if (!protocols.some((protocol) => offered.includes(protocol)))
    throw new StatusError(403, 'Forbidden', 'no protocol that is offered is known');
  return new Promise((resolve) => {
    upgrades.handleUpgrade(request, socket, head, (opened) => {
      resolve(opened);
      opened.on('error', () => undefined);
      run(opened, exec, query.getAll('command'), wants).catch((error: unknown) => {
        cluster.log(`exec: ${name}/${container}: ${error}`);
        opened.close(1011);
      });
    });
  });
}

interface Wants {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

async function run(socket: WebSocket, exec: Exec, command: readonly string[], wants: Wants): Promise<void> {
  // What is said before there is somebody to hear it must not be lost.
  socket.pause();
  const process = await started(socket, exec, command, wants.stdin);
  if (!process) return;
  socket.on('close', () => process.kill());
  if (socket.readyState !== socket.OPEN) process.kill();
  if (process.stdin) hear(socket, process);
  socket.resume();
  await Promise.all([
    pump(socket, process.stdout, wants.stdout ? channels.stdout : undefined),
    pump(socket, process.stderr, wants.stderr ? channels.stderr : undefined),
  ]);
  finish(socket, endOf(await process.ended));
}

async function started(socket: WebSocket, exec: Exec, command: readonly string[], stdin: boolean): Promise<ExecProcess | undefined> {
  try {
    return await exec(command, stdin);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    const why = `OCI runtime exec failed: exec failed: unable to start container process: ${error.message}: unknown`;
    const message = `Internal error occurred: error executing command in container: failed to exec in container: failed to start exec: ${why}`;
    const details = { causes: [{ message: message.replace('Internal error occurred: ', '') }] };
    finish(socket, { metadata: {}, status: 'Failure', message, reason: 'InternalError', details, code: 500 });
    return undefined;
  }
}

function hear(socket: WebSocket, { stdin }: ExecProcess): void {
  stdin?.on('error', () => undefined);
  stdin?.on('drain', () => socket.resume());
  socket.on('message', (data: RawData) => {
    const message = data as Buffer;
    if (message[0] === channels.stdin && message.length > 1 && stdin?.write(message.subarray(1)) === false) socket.pause();
    if (message[0] === channels.close && message[1] === channels.stdin) stdin?.end();
  });
}

/** Sends what comes, and takes no more of it while the other side does not read. */
async function pump(socket: WebSocket, source: Readable, channel: number | undefined): Promise<void> {
  for await (const chunk of source as AsyncIterable<Buffer>) {
    if (channel === undefined || socket.readyState !== socket.OPEN) continue;
    await new Promise<void>((resolve) => socket.send(Buffer.concat([Buffer.of(channel), chunk]), () => resolve()));
  }
}

function endOf(exitCode: number): object {
  if (exitCode === 0) return { metadata: {}, status: 'Success' };
  const message = `command terminated with non-zero exit code: command terminated with exit code ${exitCode}`;
  const details = { causes: [{ reason: 'ExitCode', message: String(exitCode) }] };
  return { metadata: {}, status: 'Failure', message, reason: 'NonZeroExitCode', details };
}

function finish(socket: WebSocket, status: object): void {
  socket.resume();
  socket.send(Buffer.concat([Buffer.of(channels.status), Buffer.from(JSON.stringify(status))]));
  socket.close(1000);
}
