import { once } from 'node:events';
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as askByTls, createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** An answer of the server, as the proxy may change it. */
export interface Answer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** What happens to a request in place of being passed on, to and fro. The fields are applied in the order in which they stand here. */
export interface Fault {
  /** Whose turn it is: all requests by default. */
  readonly method?: string;
  /** Part of `path?query`. */
  readonly path?: RegExp;
  /** How many of these requests pass unharmed before. */
  readonly after?: number;
  /** How many it befalls; all by default. */
  readonly times?: number;

  /** Headers of the request that the server does not get. */
  readonly without?: readonly string[];
  /** The connection is closed before the server hears of the request. */
  readonly refuse?: true;
  /** The proxy answers itself; the server hears nothing. */
  readonly instead?: Partial<Answer> | ((request: IncomingMessage) => Partial<Answer>);
  readonly delayMs?: number;
  /** The server gets the request twice; the second answer counts. */
  readonly twice?: true;
  /** The server has done it, and the connection is closed without an answer. */
  readonly dropAnswer?: true;
  readonly rewrite?: (answer: Answer) => Answer;
  /** The body is compressed, whatever the client accepts. */
  readonly gzip?: true;
  /** After so many bytes of the body the answer ends as if it were whole, as that of a CGI program does that dies. */
  readonly endAfter?: number;
  /** After so many bytes of the body the connection is closed in the middle. */
  readonly cutAfter?: number;
  /** After so many bytes of the body nothing more comes. */
  readonly stallAfter?: number;
}

export interface FaultProxy {
  readonly url: string;
  readonly host: string;
  /** What the server was asked, with its own answers: `PUT /v2/… 201`. */
  readonly requests: string[];
  /** What befalls requests from now on; none by default. The first that fits counts. */
  set(...faults: readonly Fault[]): void;
  stop(): Promise<void>;
}

export interface FaultProxyOptions {
  /** The proxy itself speaks TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly port?: number;
}

/** Stands in front of a server, and does to requests and answers what is asked for. */
export async function faultProxy(target: string, { tls, port = 0 }: FaultProxyOptions = {}): Promise<FaultProxy> {
  let faults: { readonly fault: Fault; met: number }[] = [];
  const requests: string[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const fault = faultFor(faults, request);
    if (fault.refuse) return void request.socket.destroy();
    const body = await buffer(request);
    const own = typeof fault.instead === 'function' ? fault.instead(request) : fault.instead;
    if (fault.delayMs) await sleep(fault.delayMs, undefined, { ref: false });
    if (own) return send(response, { status: 200, headers: {}, body: Buffer.alloc(0), ...own }, fault);
    for (const name of fault.without ?? []) delete request.headers[name];
    if (fault.twice) requests.push(said(request, await passOn(target, request, body)));
    const answer = await passOn(target, request, body);
    requests.push(said(request, answer));
    if (fault.dropAnswer) return void request.socket.destroy();
    send(response, fault.rewrite?.(answer) ?? answer, fault);
  };
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void serve(request, response).catch((error) => response.headersSent || response.writeHead(502).end(`${error}`));
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const set = (...next: readonly Fault[]) => {
    faults = next.map((fault) => ({ fault, met: 0 }));
  };
  return { url: `${tls ? 'https' : 'http'}://${host}`, host, requests, set, stop };
}

const said = ({ method, url }: IncomingMessage, { status }: Answer): string => `${method} ${url?.split('?')[0]} ${status}`;

function faultFor(faults: { readonly fault: Fault; met: number }[], { method, url = '' }: IncomingMessage): Fault {
  const found = faults.find(({ fault }) => (fault.method ?? method) === method && (fault.path?.test(url) ?? true));
  if (!found) return {};
  const { after = 0, times = Number.POSITIVE_INFINITY } = found.fault;
  const isMet = found.met >= after && found.met < after + times;
  found.met += 1;
  return isMet ? found.fault : {};
}

/** The client's Host header stays: servers build addresses from it, which are to lead through the proxy. */
async function passOn(target: string, request: IncomingMessage, body: Buffer): Promise<Answer> {
  const url = new URL(request.url ?? '/', target);
  const { 'transfer-encoding': _, ...headers } = request.headers;
  const options = {
    method: request.method,
    headers: { ...headers, 'content-length': body.length },
    agent: false,
    rejectUnauthorized: false,
  };
  const sent = url.protocol === 'https:' ? askByTls(url, options) : ask(url, options);
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) };
}

function send(response: ServerResponse, answer: Answer, { gzip, endAfter, cutAfter, stallAfter }: Fault): void {
  const body = gzip ? gzipSync(answer.body) : answer.body;
  const part = body.subarray(0, endAfter ?? cutAfter ?? stallAfter ?? body.length);
  const { 'transfer-encoding': _, connection: __, ...headers } = answer.headers;
  const isHead = response.req.method === 'HEAD';
  // A cut is only noticed where a longer body was promised.
  const length = isHead ? headers['content-length'] : String(endAfter === undefined ? body.length : part.length);
  const whole = { ...headers, ...(gzip && { 'content-encoding': 'gzip' }), ...(length !== undefined && { 'content-length': length }) };
  response.writeHead(answer.status, Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as never);
  if (cutAfter !== undefined) response.write(part, () => response.destroy());
  else if (stallAfter !== undefined) response.write(part);
  else response.end(isHead ? undefined : part);
  if (cutAfter !== undefined || stallAfter !== undefined) response.flushHeaders();
}

/** Answers that servers, and what stands in front of them, give in place of the one that was wanted. */
export const page: Partial<Answer> = {
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>'),
};
export const tooMany = (seconds: number): Partial<Answer> => ({ status: 429, headers: { 'retry-after': String(seconds) } });
export const redirectTo = (location: string, status = 302): Partial<Answer> => ({ status, headers: { location } });
