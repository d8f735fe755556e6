import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { PooledKubeConfig } from '../../../src/clients/cluster/transport/kube-config.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (response: http.ServerResponse, request: Received) => void;

/** An API server that answers as the test says: `on` gives the next answers for a request that matches, the last of them for good. */
export class ScriptedApi {
  readonly received: Received[] = [];
  readonly #answers: { matches: (request: Received) => boolean; answers: Answer[] }[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #open = new Set<http.ServerResponse>();
  readonly #waiting = new Set<() => void>();
  #server = http.createServer((request, response) => this.#handle(request, response));
  #port = 0;

  static async start(): Promise<ScriptedApi> {
    const api = new ScriptedApi();
    await api.listen();
    return api;
  }

  on(matches: (request: Received) => boolean, ...answers: Answer[]): this {
    this.#answers.unshift({ matches, answers });
    return this;
  }

  /** Requests whose answer has not ended. */
  get open(): number {
    return this.#open.size;
  }

  kubeConfig(): PooledKubeConfig {
    const config = new PooledKubeConfig();
    config.loadFromOptions({
      clusters: [{ name: 'c', server: `http://127.0.0.1:${this.#port}`, skipTLSVerify: true }],
      users: [{ name: 'u', token: 't' }],
      contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
      currentContext: 'x',
    });
    return config;
  }

  /** Resolves when `true` comes out; looked at again whenever something happens. */
  async until(test: () => boolean): Promise<void> {
    while (!test()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Something happened that the server does not see: `until` looks again. */
  poke(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  async listen(): Promise<void> {
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Breaks every connection and refuses new ones; `listen` takes them again at the same port. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#server = http.createServer((request, response) => this.#handle(request, response));
  }

  async #handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://x');
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method = 'GET', headers } = request;
    const received = { method, path: url.pathname, query: url.searchParams, headers, body };
    this.received.push(received);
    this.#open.add(response);
    response.on('close', () => {
      this.#open.delete(response);
      this.poke();
    });
    const rule = this.#answers.find(({ matches }) => matches(received));
    const answer = rule !== undefined && rule.answers.length > 1 ? rule.answers.shift() : rule?.answers[0];
    if (answer === undefined) status(404, 'NotFound', `${url.pathname} is not scripted`)(response, received);
    else answer(response, received);
    this.poke();
  }
}

/** Answers with JSON. */
export function json(value: unknown, code = 200): Answer {
  return (response) => {
    response.writeHead(code, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
}

/** Answers with a Status object. */
export function status(code: number, reason: string, message: string): Answer {
  return json({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message }, code);
}
