/** Connections that stop to be HTTP: pods/exec, and refusals of whatever else asks for it. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { fromPage } from '../../from-page.ts';
import type { Cluster } from '../cluster.ts';
import { badRequest, pathNotFound, StatusError } from '../model/errors.ts';
import { pods } from '../model/resources.ts';
import type { ExecSource } from '../node/exec.ts';
import { serveExec } from './exec.ts';
import { resourcePath } from './request.ts';

/** Gives the connection, or undefined where it was refused. */
export async function upgrade(
  cluster: Cluster,
  node: ExecSource,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<WebSocket | undefined> {
  socket.on('error', () => undefined);
  try {
    const reason = fromPage(request);
    if (reason) throw new StatusError(403, 'Forbidden', reason);
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://cluster');
    const path = resourcePath(pathname);
    if (!path) throw pathNotFound();
    if (path.resource !== pods || path.subresource !== 'exec') throw badRequest('only pods/exec upgrades its connection');
    return await serveExec({ cluster, node, path, query, request, socket, head });
  } catch (error) {
    refuse(cluster, socket, error);
    return undefined;
  }
}

function refuse({ log }: Cluster, socket: Duplex, error: unknown): void {
  if (!(error instanceof StatusError)) log(`api: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  const { status } = error instanceof StatusError ? error : new StatusError(500, 'InternalError', `Internal error occurred: ${error}`);
  const text = `${JSON.stringify(status)}\n`;
  const head = [
    `HTTP/1.1 ${status.code} ${STATUS_CODES[status.code ?? 500] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
}
