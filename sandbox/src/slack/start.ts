import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { fromPage } from '../from-page.ts';
import { callArguments, readBody, uploadedBytes } from './body.ts';
import { Controls } from './controls.ts';
import { SlackError } from './errors.ts';
import { Faults } from './faults.ts';
import { type LimitOptions, Limits } from './limits.ts';
import { readManifest } from './manifest.ts';
import { respond } from './respond.ts';
import { SocketMode } from './socket-mode.ts';
import { State } from './state.ts';
import { ToApp, usualRetries } from './to-app.ts';
import { Triggers } from './triggers.ts';
import { WebApi } from './web-api.ts';
import { defaultWorkspace, type Workspace } from './workspace.ts';

export interface SlackOptions {
  /** The parsed `slack-manifest.yml`: its scopes, commands and events are the ones that hold. */
  readonly manifest: unknown;
  readonly botToken: string;
  readonly appToken: string;
  readonly host?: string;
  readonly port?: number;
  readonly workspace?: Partial<Workspace>;
  readonly limits?: LimitOptions;
  /** Pauses before an unacknowledged event is sent again, in milliseconds. */
  readonly eventRetries?: readonly number[];
  /** How long Slack waits for an acknowledgement, and a trigger id lives: three seconds. Tests may shorten it. */
  readonly patienceMs?: number;
  readonly log?: (line: string) => void;
}

/** A running stand-in: what people do and see, and the address for the app. */
export interface SlackStandIn {
  /** The base of the Web API, for `slackApiUrl`: `http://127.0.0.1:PORT/api/`. */
  readonly url: string;
  readonly slack: Controls;
  close(): Promise<void>;
}

interface Parts {
  readonly state: State;
  readonly triggers: Triggers;
  readonly api: WebApi;
}

function sendFile(parts: Parts, id: string, response: ServerResponse): void {
  const file = parts.state.files.get(id);
  if (!file) {
    response.writeHead(404).end('file_not_found');
    return;
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'x-content-type-options': 'nosniff' });
  response.end(file.content);
}

async function receiveUpload(parts: Parts, id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const file = parts.state.files.get(id);
  if (!file) {
    response.writeHead(404).end('file_not_found');
    return;
  }
  const content = await uploadedBytes(request.headers['content-type'] ?? '', await readBody(request));
  parts.state.files.set(id, { info: { ...file.info, size: content.length }, content });
  response.end(`OK - ${content.length}`);
}

async function receiveResponse(parts: Parts, key: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body: unknown = JSON.parse((await readBody(request)).toString());
    respond(parts.state, parts.triggers.spendResponse(key), body);
    response.end('ok');
  } catch (error) {
    if (!(error instanceof SlackError) && !(error instanceof SyntaxError)) throw error;
    const reason = error instanceof SlackError ? error.error : 'invalid_payload';
    response.writeHead(reason.endsWith('_url') ? 404 : 400).end(reason);
  }
}

async function route(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reason = fromPage(request);
  if (reason) return void response.writeHead(403).end(reason);
  const url = new URL(request.url ?? '/', 'http://slack');
  const [, area = '', key = ''] = url.pathname.split('/');
  if (area === 'files') return sendFile(parts, key, response);
  if (area === 'upload') return receiveUpload(parts, key, request, response);
  if (area === 'response') return receiveResponse(parts, key, request, response);
  if (area !== 'api') {
    response.writeHead(404).end();
    return;
  }
  const body = await readBody(request);
  let args: { [name: string]: unknown };
  try {
    args = callArguments(url, request.headers['content-type'] ?? '', body);
  } catch {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ok: false, error: 'invalid_json' }));
    return;
  }
  await parts.api.answer(key, request.headers.authorization, args, response);
}

async function listen(server: http.Server, host: string, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`The Slack stand-in does not listen on ${host}:${port}.`);
  return address.port;
}

/** Starts the stand-in for Slack: Web API and Socket Mode on one port of `host` (127.0.0.1); what it keeps lives in memory until `close`. */
export async function startSlack(options: SlackOptions): Promise<SlackStandIn> {
  const { host = '127.0.0.1', port = 0, patienceMs = 3000, log = () => {} } = options;
  const manifest = readManifest(options.manifest);
  const state = new State({ ...defaultWorkspace, ...options.workspace }, manifest.botName);
  const triggers = new Triggers(patienceMs);
  const faults = new Faults();
  const sockets = new SocketMode(patienceMs, (count) => state.tell({ kind: 'connections', count }));
  const server = http.createServer();
  const origin = `http://${host}:${await listen(server, host, port)}`;
  const newSocketUrl = () => `${origin.replace('http', 'ws')}${sockets.newPath()}`;
  const context = { state, triggers, origin, newSocketUrl, limits: new Limits(options.limits), scopes: manifest.scopes };
  const api = new WebApi(context, { bot: options.botToken, app: options.appToken }, faults);
  const toApp = new ToApp({ state, sockets, triggers, manifest, origin, retries: options.eventRetries ?? usualRetries });
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head));
  server.on('request', (request, response) => {
    route({ state, triggers, api }, request, response).catch((error: unknown) => {
      log(`${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  const close = async () => {
    toApp.close();
    sockets.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `${origin}/api/`, slack: new Controls({ state, toApp, sockets, faults, manifest, origin, calls: api.calls }), close };
}
