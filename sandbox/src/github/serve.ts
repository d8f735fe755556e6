import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fromPage } from '../from-page.ts';
import { checkToken, createInstallationToken } from './access.ts';
import { uploadAsset } from './assets.ts';
import { type Answer, bodyOf, type Call } from './call.ts';
import { notFound, Refusal } from './errors.ts';
import { tellOf } from './exchanges.ts';
import type { Faults, Loss } from './faults.ts';
import { pageFor } from './pages.ts';
import { routeOf } from './routes.ts';
import type { State } from './state.ts';

/** What every request has before it. */
export interface Context {
  readonly state: State;
  readonly faults: Faults;
  readonly requests: string[];
  rate(): Record<string, string>;
}

/** The paths of the API and of uploads, as GitHub Enterprise has them. */
const api = /^\/api\/(?:v3|uploads)(?=\/|$)/;
const upload = /^\/api\/uploads(?<path>\/repos\/(?<repository>[^/]+\/[^/]+)\/releases\/(?<id>\d+)\/assets)$/;

export async function serve(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://github');
  const call = {
    state: context.state,
    request,
    params: {},
    query: url.searchParams,
    origin: `http://${request.headers.host ?? 'localhost'}`,
  };
  // A connection that is cut ends what reads from it; there is nobody to answer.
  request.on('error', () => undefined);
  if (api.test(url.pathname)) return apiRequest(context, call, url.pathname, response);
  await answerTo(response, async () => {
    const reason = fromPage({ headers: { host: request.headers.host } } as IncomingMessage);
    if (reason) throw new Refusal(403, reason);
    const found = request.method === 'GET' || request.method === 'HEAD' ? await pageFor(call, url.pathname) : undefined;
    return found ?? { status: 404, content: 'There is no such page.\n', headers: { 'Content-Type': 'text/plain' } };
  });
}

async function apiRequest(context: Context, call: Call, pathname: string, response: ServerResponse): Promise<void> {
  const { request } = call;
  const said = `${request.method} ${pathname.replace(api, '')}`;
  context.requests.push(said);
  for (const [name, value] of Object.entries(context.rate())) response.setHeader(name, value);
  const fault = context.faults.take(said);
  const cut = fault?.kind === 'cut' ? fault.when : undefined;
  if (fault?.kind === 'tell') response.once('finish', fault.answered);
  if (cut === 'before' || (cut === 'middle' && !upload.test(pathname))) return void request.destroy();
  const answer = async (): Promise<Answer> => {
    const reason = fromPage(request);
    if (reason) throw new Refusal(403, reason);
    const body = upload.test(pathname) ? undefined : await bodyOf(request);
    const sent = {
      method: request.method ?? 'GET',
      path: (request.url ?? '').replace(api, ''),
      headers: request.headers,
      ...(body && { body }),
    };
    tellOf(() => ({ request: sent }));
    if (fault?.kind === 'answer') return { ...fault.answer, json: fault.answer.body ?? {} };
    const given = { assetName: context.faults.assetName, ...(body && { body }), ...(cut === 'middle' && { cutAfterBytes: 1 }) };
    const making = answered(dispatch({ ...call, ...given }, pathname));
    if (fault?.kind === 'hold') {
      await making;
      fault.arrived();
      await fault.released;
    }
    const made = await making;
    const { status, headers, json } = made;
    const answer = () => ({ status, contentType: headers?.['Content-Type'], json: asSent(json) });
    if (!request.destroyed || request.complete) tellOf(() => ({ request: sent, answer: answer() }));
    return made;
  };
  if (fault?.kind === 'lost') return loseAnswer(response, await answer(), fault.how);
  if (cut !== 'after') return answerTo(response, answer);
  await answer().catch(() => undefined);
  response.destroy();
}

/** As the client gets it. */
const asSent = (json: unknown): unknown => (json === undefined ? undefined : JSON.parse(JSON.stringify(json)));

async function dispatch(call: Call, pathname: string): Promise<Answer> {
  const { state, request } = call;
  const path = pathname.replace(api, '');
  const [, installation] = /^\/app\/installations\/([^/]+)\/access_tokens$/.exec(path) ?? [];
  if (installation && request.method === 'POST') return createInstallationToken({ ...call, params: { id: installation } });
  checkToken(state, request);
  const [, name = '', rest = ''] = /^\/repos\/([^/]+\/[^/]+)(\/.*)?$/.exec(path) ?? [];
  const repository = state.repositories.get(name.toLowerCase());
  if (!repository) throw notFound();
  const { id } = upload.exec(pathname)?.groups ?? {};
  if (id) {
    if (request.method !== 'POST') throw notFound();
    return uploadAsset({ ...call, repository, params: { id } });
  }
  const route = routeOf(request.method ?? 'GET', rest);
  if (!route) throw notFound();
  return route.handler({ ...call, repository, params: route.params });
}

/** What is refused is answered, too. */
async function answered(making: Promise<Answer>): Promise<Answer> {
  try {
    return await making;
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal(500, error instanceof Error ? error.message : String(error));
    return { status: refusal.status, json: refusal, headers: refusal.headers };
  }
}

async function answerTo(response: ServerResponse, making: () => Promise<Answer>): Promise<void> {
  const { status, json, headers, content } = await answered(making());
  if (!response.socket || response.socket.destroyed) return;
  // The rest of a body that was not read would be taken for the next request.
  if (!response.req.complete) response.setHeader('Connection', 'close');
  const type = json === undefined ? {} : { 'Content-Type': 'application/json; charset=utf-8' };
  response.writeHead(status, { ...type, ...headers });
  if (content instanceof Readable) await pipeline(content, response).catch(() => response.destroy());
  else response.end(json === undefined ? content : JSON.stringify(json));
}

/** What was answered is lost on its way. */
function loseAnswer(response: ServerResponse, { status, json }: Answer, how: Loss): void {
  if (how === 'gateway') {
    response.writeHead(502, { 'Content-Type': 'text/html' }).end('<html><body><h1>502 Bad Gateway</h1></body></html>');
    return;
  }
  const html = { 'Content-Type': 'text/html' };
  if (how === 'page') return void response.writeHead(200, html).end('<!DOCTYPE html><html><body>Sign in</body></html>');
  if (how === 'other') return void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status":"ok"}');
  // Of an answer without a body, only its head can be lost.
  if (json === undefined) return void response.destroy();
  const body = JSON.stringify(json);
  const half = how === 'empty' ? '' : body.slice(0, body.length / 2);
  const length = how === 'broken' ? Buffer.byteLength(body) + 1 : Buffer.byteLength(half);
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': length });
  if (how !== 'broken') response.end(half);
  else response.write(half, () => response.destroy());
}
