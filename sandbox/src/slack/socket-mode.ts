import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { isObject } from './check.ts';
import { app } from './workspace.ts';

const mostConnections = 10;
const pingMs = 10_000;

export type Ack =
  | { readonly kind: 'acked'; readonly payload: unknown }
  | { readonly kind: 'operation_timeout' }
  | { readonly kind: 'dispatch_failed' };

export interface Envelope {
  readonly type: 'slash_commands' | 'interactive' | 'events_api';
  readonly payload: unknown;
  readonly accepts_response_payload: boolean;
  readonly retry_attempt?: number;
  readonly retry_reason?: string;
}

/** The Socket Mode side: up to ten WebSockets, each envelope goes to one of them, and waits `ackMs` for its acknowledgement. */
export class SocketMode {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #sockets = new Set<WebSocket>();
  readonly #tickets = new Set<string>();
  readonly #waiting = new Map<string, (ack: Ack) => void>();
  readonly #onCount: (count: number) => void;
  readonly #ackMs: number;
  readonly #pinger: NodeJS.Timeout;
  #ids = 0;
  #lost = 0;

  constructor(ackMs: number, onCount: (count: number) => void) {
    this.#ackMs = ackMs;
    this.#onCount = onCount;
    this.#pinger = setInterval(() => {
      for (const socket of this.#sockets) socket.ping('Ping from the sandbox');
    }, pingMs).unref();
  }

  get count(): number {
    return this.#sockets.size;
  }

  /** The path and query of a new connection; its ticket opens one. */
  newPath(): string {
    const ticket = crypto.randomUUID();
    this.#tickets.add(ticket);
    return `/link/?ticket=${ticket}&app_id=${app.appId}`;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'http://slack').searchParams.get('ticket') ?? '';
    if (!this.#tickets.delete(ticket)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket));
  }

  /** Sends an envelope to one connection at random. */
  send(envelope: Envelope): Promise<Ack> {
    const open = [...this.#sockets];
    const socket = open[Math.floor(Math.random() * open.length)];
    if (!socket) return Promise.resolve({ kind: 'dispatch_failed' });
    this.#ids += 1;
    const id = `${crypto.randomUUID()}-${this.#ids}`;
    const { promise, resolve } = Promise.withResolvers<Ack>();
    const timer = setTimeout(() => resolve({ kind: 'operation_timeout' }), this.#ackMs);
    this.#waiting.set(id, resolve);
    socket.send(JSON.stringify({ envelope_id: id, ...envelope }));
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(id);
    });
  }

  /** Tells every connection to go, as Slack does every few hours, and closes it. */
  disconnect(reason: 'refresh_requested' | 'warning' | 'link_disabled'): void {
    for (const socket of this.#sockets) this.#dismiss(socket, reason);
  }

  /** Takes so many of the next acknowledgements for not received. */
  loseAcks(count: number): void {
    this.#lost += count;
  }

  /** Cuts every connection without a word. */
  cut(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  close(): void {
    clearInterval(this.#pinger);
    for (const resolve of this.#waiting.values()) resolve({ kind: 'operation_timeout' });
    for (const socket of this.#sockets) socket.close(1001, 'the sandbox ends');
    setTimeout(() => this.cut(), 200);
    this.#server.close();
  }

  #accept(socket: WebSocket): void {
    if (this.#sockets.size >= mostConnections) {
      this.#dismiss(socket, 'too_many_websockets');
      return;
    }
    this.#sockets.add(socket);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#onCount(this.#sockets.size);
    });
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => this.#received(data.toString()));
    const info = { app_id: app.appId };
    const debug = { host: 'sandbox', build_number: 1, approximate_connection_time: 18_060 };
    socket.send(JSON.stringify({ type: 'hello', num_connections: this.#sockets.size, connection_info: info, debug_info: debug }));
    this.#onCount(this.#sockets.size);
  }

  #dismiss(socket: WebSocket, reason: string): void {
    socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'sandbox' } }));
    if (reason !== 'warning') socket.close(1000, reason);
  }

  #received(text: string): void {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (!isObject(message)) return;
    if (this.#lost > 0) this.#lost -= 1;
    else this.#waiting.get(String(message.envelope_id))?.({ kind: 'acked', payload: message.payload });
  }
}
