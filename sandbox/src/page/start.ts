import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { ZodError, z } from 'zod';
import { perform, readAction } from './actions.ts';
import { type Bundle, bundlePage } from './bundle.ts';
import { refusal } from './guard.ts';
import { Live } from './live.ts';
import type { Sources } from './state.ts';

export interface PageOptions extends Sources {
  readonly host?: string;
  readonly port?: number;
  readonly log?: (line: string) => void;
}

/** A running page: the address to open in a browser. */
export interface Page {
  readonly url: string;
  close(): Promise<void>;
}

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>coxswain sandbox</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Ccircle cx='16' cy='16' r='15' fill='%230b5d5e'/%3E%3Cpath d='M8 18h16M16 8v16M11 24h10' stroke='white' stroke-width='3' stroke-linecap='round'/%3E%3C/svg%3E">
<link rel="stylesheet" href="/style.css">
</head>
<body><div id="root"></div><noscript>This page needs JavaScript.</noscript><script type="module" src="/script.js"></script></body>
</html>
`;

const security = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

const mostBody = 256 * 1024;

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const part of request) {
    text += part;
    if (text.length > mostBody) throw new SyntaxError(`An action is at most ${mostBody} characters long.`);
  }
  return JSON.parse(text);
}

async function act(sources: Sources, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = (status: number, body: object) => {
    response.writeHead(status, { ...security, 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  try {
    answer(200, await perform(sources, readAction(await readJson(request))));
  } catch (error) {
    const mistake = error instanceof ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
    answer(error instanceof ZodError || error instanceof SyntaxError ? 400 : 500, { ok: false, error: mistake });
  }
}

function sendFile(sources: Sources, url: URL, response: ServerResponse): void {
  const file = sources.slack.file(url.pathname.split('/')[2] ?? '');
  if (!file) {
    response.writeHead(404, security).end('There is no such file.');
    return;
  }
  // Text is shown as text and everything else is saved: nothing that was uploaded runs in this page's origin.
  const shows = url.searchParams.has('view') && file.info.mimetype.startsWith('text/');
  const disposition = `${shows ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(file.info.name)}`;
  const type = shows ? 'text/plain; charset=utf-8' : 'application/octet-stream';
  response.writeHead(200, { ...security, 'content-type': type, 'content-disposition': disposition }).end(file.content);
}

function answerWith(sources: Sources, live: Live, bundle: Bundle) {
  const send = (response: ServerResponse, type: string, body: string | Uint8Array) => {
    response.writeHead(200, { ...security, 'content-type': `${type}; charset=utf-8` }).end(body);
  };
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://page');
    if (request.method === 'POST') return url.pathname === '/do' ? act(sources, request, response) : void response.writeHead(404).end();
    if (url.pathname === '/') return send(response, 'text/html', html);
    if (url.pathname === '/script.js') return send(response, 'text/javascript', bundle.script);
    if (url.pathname === '/style.css') return send(response, 'text/css', bundle.style);
    if (url.pathname === '/events') return live.join(response);
    if (url.pathname.startsWith('/files/')) return sendFile(sources, url, response);
    response.writeHead(404, security).end('There is nothing here.');
  };
}

/** Starts the page's server on `host` (127.0.0.1) and `port` (a free one); gives its address once it listens. */
export async function startPage(options: PageOptions): Promise<Page> {
  const { host = '127.0.0.1', port = 0, log = () => {} } = options;
  const bundle = await bundlePage();
  const live = new Live(options);
  const answer = answerWith(options, live, bundle);
  const hosts: string[] = [];
  const server = http.createServer((request, response) => {
    const reason = refusal(request, hosts);
    if (reason) {
      response.writeHead(403, { ...security, 'content-type': 'text/plain' }).end(reason);
      return;
    }
    answer(request, response).catch((error: unknown) => {
      log(`${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`);
      response.destroy();
    });
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`The page does not listen on ${host}:${port}.`);
  hosts.push(`${host}:${address.port}`, `localhost:${address.port}`, `127.0.0.1:${address.port}`);
  const close = async () => {
    live.close();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { url: `http://${host}:${address.port}/`, close };
}
