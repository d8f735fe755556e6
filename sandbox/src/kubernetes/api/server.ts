/** The API server's HTTP side: requests in, JSON or a Status out, and the ways in which a server goes away. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { fromPage } from '../../from-page.ts';
import type { Cluster } from '../cluster.ts';
import { pathNotFound, StatusError } from '../model/errors.ts';
import type { ExecSource } from '../node/exec.ts';
import type { LogSource } from '../node/log-source.ts';
import { discovery } from './discovery.ts';
import { handle } from './handle.ts';
import { resourcePath } from './request.ts';
import { upgrade } from './upgrade.ts';

export interface ApiServer {
  readonly url: string;
  /** Ends all watches, followed logs and commands; `abruptly` cuts their connections instead of closing the answers. */
  breakWatches(abruptly?: boolean): void;
  /** Goes away, connections cut, and comes back at the same port after `milliseconds`. */
  restart(milliseconds?: number): Promise<void>;
  close(): Promise<void>;
}

interface Stream {
  close(): void;
  socket: Socket;
}

export async function serve(cluster: Cluster, node: LogSource & ExecSource, host: string, port: number): Promise<ApiServer> {
  const streams = new Set<Stream>();
  const server = createServer((request, response) => void answer(cluster, node, streams, request, response));
  server.on('upgrade', (request, socket, head) => void exec(request, socket, head));
  server.keepAliveTimeout = 60_000;
  await (port === 0 ? listenToStay(server, host) : listen(server, port, host));
  const { port: bound } = server.address() as AddressInfo;

  const exec = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const opened = await upgrade(cluster, node, request, socket, head);
    if (!opened) return;
    const stream = { close: () => opened.close(), socket: request.socket };
    streams.add(stream);
    opened.once('close', () => streams.delete(stream));
  };
  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    // The server no longer counts a connection that was upgraded among its own.
    for (const { socket } of streams) socket.destroy();
    await closed;
  };
  return {
    url: `http://${host}:${bound}`,
    breakWatches(abruptly = false) {
      for (const { close, socket } of streams) abruptly ? socket.destroy() : close();
    },
    async restart(milliseconds = 0) {
      await stop();
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      await listenAgain(server, bound, host);
    },
    close: stop,
  };
}

const listen = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const listening = () => {
      server.off('error', failed);
      resolve();
    };
    const failed = (error: Error) => {
      server.off('listening', listening);
      reject(error);
    };
    server.once('error', failed).once('listening', listening).listen(port, host);
  });

/** The system may hold on to the port for a moment after its last connection. */
async function listenAgain(server: Server, port: number, host: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await listen(server, port, host);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries === 40) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/**
 * A port that is still free when the server comes back to it after a restart: below those from which the system picks one for every
 * connection that goes out (Linux: from 32768 on).
 */
async function listenToStay(server: Server, host: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await listen(server, 10_000 + Math.floor(Math.random() * 22_000), host);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries === 20) throw error;
    }
  }
}

async function answer(
  cluster: Cluster,
  logs: LogSource,
  streams: Set<Stream>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const open = (close: () => void): void => {
    const stream = { close, socket: request.socket };
    streams.add(stream);
    response.once('close', () => streams.delete(stream));
  };
  try {
    const reason = fromPage(request);
    if (reason) throw new StatusError(403, 'Forbidden', reason);
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://cluster');
    const said = request.method === 'GET' ? discovery(pathname) : undefined;
    if (said !== undefined) return reply(response, 200, said);
    const path = resourcePath(pathname);
    if (!path) throw pathNotFound();
    const done = await handle({ cluster, logs, path, query, request, response, streams: open });
    if (done !== 'streamed') reply(response, done.code, done.body);
  } catch (error) {
    refuse(cluster, response, error);
  }
}

function refuse({ log }: Cluster, response: ServerResponse, error: unknown): void {
  const known = error instanceof StatusError;
  if (!known) log(`api: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  const { status } = known ? error : new StatusError(500, 'InternalError', `Internal error occurred: ${error}`);
  if (response.headersSent) response.destroy();
  else reply(response, status.code ?? 500, status);
}

function reply(response: ServerResponse, code: number, body: object | string): void {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
