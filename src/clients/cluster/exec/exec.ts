import { Readable } from 'node:stream';
import { type RawData, WebSocket } from 'ws';
import { ClusterError } from '../../../core/cluster.ts';
import { refusal, type ServerPlace, unreachable } from '../transport/cluster-error.ts';
import { beat } from '../transport/heartbeat.ts';
import type { PooledKubeConfig } from '../transport/kube-config.ts';
import { type ExecStatus, exitCodeOf } from './exec-status.ts';

/** A running container, and the command to run in it: a program and its arguments, without a shell. */
export interface ExecSource {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
}

export interface Execution {
  /** Must be read or destroyed, otherwise the command blocks; destroying it closes the connection. */
  readonly stdout: Readable;
  /** Resolves when the command has exited, whatever its code; `stderr`: the first 64 KiB. Rejects with the error that destroys `stdout`. */
  readonly done: Promise<{ readonly exitCode: number; readonly stderr: string }>;
}

/**
 * The protocol of pods/exec over a WebSocket: the first byte of a message is its channel (1 stdout, 2 stderr, 3 the Status at the end).
 * Source: https://kubernetes.io/docs/reference/command-line-tools-reference/ and k8s.io/apimachinery/pkg/util/remotecommand.
 */
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const channels = { stdout: 1, stderr: 2, status: 3 } as const;
const handshakeTimeoutMs = 15_000;
const maxStderrBytes = 64 * 1024;
const maxErrorBytes = 64 * 1024;

/**
 * Runs a command in a container. Both `stdout` and `done` fail with a ClusterError if the API server refuses, or the connection breaks
 * or hangs (then `retry` is true), and with the reason of `signal` if that is aborted. A slow reader slows the command down: no
 * unbounded buffering. The library's own Exec ignores back-pressure and does not report why it was refused.
 */
export function exec(config: PooledKubeConfig, at: ExecSource, signal: AbortSignal): Execution {
  const session = new Session(config, at);
  if (signal.aborted) session.fail(signal.reason);
  const abort = () => session.fail(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  session.done.catch(() => {}).finally(() => signal.removeEventListener('abort', abort));
  session.open().catch((error: unknown) => session.broken(error));
  return session;
}

class Session implements Execution {
  readonly stdout: Readable;
  readonly done: Execution['done'];
  readonly #config: PooledKubeConfig;
  readonly #at: ExecSource;
  readonly #doing: string;
  readonly #server: ServerPlace;
  readonly #settle = Promise.withResolvers<Awaited<Execution['done']>>();
  readonly #stderr: Buffer[] = [];
  #stderrBytes = 0;
  #over = false;
  #socket: WebSocket | undefined;

  constructor(config: PooledKubeConfig, at: ExecSource) {
    this.#config = config;
    this.#at = at;
    this.#doing = `run ${at.command[0] ?? 'a command'} in ${at.namespace}/${at.pod} (${at.container})`;
    this.#server = config.place();
    this.done = this.#settle.promise;
    this.stdout = new Readable({
      read: () => this.#socket?.resume(),
      destroy: (error, done) => {
        this.fail(error ?? new Error(`The reader stopped before the end: ${this.#doing}`));
        done(error);
      },
    });
    // Both report a failure; listening to one of them is enough.
    this.stdout.on('error', () => {});
    this.done.catch(() => {});
  }

  async open(): Promise<void> {
    const options: WebSocket.ClientOptions = { handshakeTimeout: handshakeTimeoutMs, perMessageDeflate: false };
    await this.#config.applyToHTTPSOptions(options);
    if (this.#over) return;
    const socket = new WebSocket(`${this.#server.server.replace(/^http/, 'ws')}${pathOf(this.#at)}`, protocols, options);
    this.#socket = socket;
    socket.on('unexpected-response', (_request, response) => {
      void textOf(response).then((text) => this.fail(refusal(this.#doing, response.statusCode ?? 0, text)));
    });
    socket.on('open', () => beat(socket, (error) => this.broken(error)));
    socket.on('message', (data: RawData) => this.#heard(Buffer.isBuffer(data) ? data : Buffer.from(data as ArrayBuffer)));
    socket.on('error', (error) => this.broken(error));
    socket.on('close', (code) => this.broken(new Error(`the connection closed before the command had ended (${code})`)));
  }

  broken(error: unknown): void {
    this.fail(unreachable(this.#doing, this.#server, error));
  }

  fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#settle.reject(error);
    this.#socket?.terminate();
    this.stdout.destroy(error instanceof Error ? error : new Error(String(error)));
  }

  #heard(message: Buffer): void {
    const bytes = message.subarray(1);
    if (this.#over || bytes.length === 0) return;
    if (message[0] === channels.stdout && !this.stdout.push(bytes)) this.#socket?.pause();
    if (message[0] === channels.stderr) this.#keep(bytes);
    if (message[0] === channels.status) this.#ended(bytes);
  }

  #keep(bytes: Buffer): void {
    const kept = bytes.subarray(0, maxStderrBytes - this.#stderrBytes);
    this.#stderrBytes += kept.length;
    if (kept.length > 0) this.#stderr.push(Buffer.from(kept));
  }

  /** The Status is sent when both streams have ended. */
  #ended(bytes: Buffer): void {
    try {
      const exitCode = exitCodeOf(this.#doing, JSON.parse(bytes.toString('utf8')) as ExecStatus);
      this.#over = true;
      this.#settle.resolve({ exitCode, stderr: Buffer.concat(this.#stderr).toString('utf8') });
      this.stdout.push(null);
      this.#socket?.resume();
      this.#socket?.close();
    } catch (error) {
      if (error instanceof ClusterError) this.fail(error);
      else this.broken(error);
    }
  }
}

function pathOf({ namespace, pod, container, command }: ExecSource): string {
  const query = new URLSearchParams([
    ['container', container],
    ['stdout', 'true'],
    ['stderr', 'true'],
  ]);
  for (const word of command) query.append('command', word);
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec?${query}`;
}

async function textOf(response: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  try {
    for await (const chunk of response) if (text.length < maxErrorBytes) text += chunk.toString('utf8');
  } catch {
    // Use the part that has been read.
  }
  return text;
}
