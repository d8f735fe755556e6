import { getCACertificates } from 'node:tls';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { HttpError, httpError, isCut } from './http/http-error.ts';

export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The answer's body, at most; more is an error. 8 MiB where not given. */
  readonly maxBytes?: number;
  /** From the call to the last byte. 30 s where not given. */
  readonly timeoutMs?: number;
  /** The request may reach the server twice. So it is for GET and HEAD, where not given. */
  readonly repeatable?: boolean;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name; undefined where the server did not send it. */
  header(name: string): string | undefined;
  readonly body: Buffer;
  text(): string;
}

/**
 * Asks over connections that are kept open between calls. Redirects are not followed: where they may lead is the caller's decision.
 * Any status is an answer.
 * @throws HttpError where there is none
 */
export interface Http {
  request(url: string | URL, request?: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface HttpOptions {
  readonly connectMs?: number;
  readonly headersMs?: number;
  readonly bodyMs?: number;
  /** How long an idle connection is kept: longer than the time between two polls. */
  readonly idleMs?: number;
  /** Certificates (PEM) that are trusted beside those that Node trusts. */
  readonly ca?: string;
  /** Proxies as NODE_USE_ENV_PROXY means them (HTTP_PROXY, HTTPS_PROXY, NO_PROXY); without them there is no proxy. */
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly no?: string };
}

export function httpClient(options: HttpOptions = {}): Http {
  const dispatcher = dispatcherFor(options);
  return {
    request: (url, request = {}) => ask(dispatcher, new URL(url), request),
    close: () => dispatcher.destroy(),
  };
}

function dispatcherFor({ connectMs = 10_000, headersMs = 20_000, bodyMs = 20_000, idleMs = 90_000, proxy, ca }: HttpOptions): Dispatcher {
  const pool = {
    connect: { timeout: connectMs, ...(ca && { ca: [...getCACertificates(), ca] }) },
    headersTimeout: headersMs,
    bodyTimeout: bodyMs,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: 10 * idleMs,
    connections: 8,
    allowH2: false,
  };
  if (!proxy) return new Agent(pool);
  const { http: httpProxy = '', https: httpsProxy = '', no: noProxy = '' } = proxy;
  return new EnvHttpProxyAgent({ ...pool, httpProxy, httpsProxy, noProxy });
}

async function ask(dispatcher: Dispatcher, url: URL, request: HttpRequest): Promise<HttpAnswer> {
  const { method = 'GET', timeoutMs = 30_000 } = request;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
  const repeatable = request.repeatable ?? method !== 'POST';
  for (let tries = 1; ; tries++) {
    try {
      return await askOnce(dispatcher, url, request, signal);
    } catch (error) {
      if (error instanceof HttpError) throw error;
      if (request.signal?.aborted) throw request.signal.reason;
      // A server may end an idle connection in the very moment that we use it.
      if (!repeatable || tries > 1 || !isCut(error)) throw httpError(url.host, error, timeoutMs);
    }
  }
}

async function askOnce(dispatcher: Dispatcher, url: URL, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { method = 'GET', maxBytes = 8 * 1024 ** 2 } = request;
  const answer = await dispatcher.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers: { 'user-agent': 'coxswain', ...request.headers },
    body: request.body ?? null,
    signal,
  });
  const body = await bounded(answer.body, maxBytes, url.host);
  const { headers, statusCode } = answer;
  return {
    status: statusCode,
    header: (name) => (Object.hasOwn(headers, name) ? [headers[name]].flat().join(', ') : undefined),
    body,
    text: () => body.toString('utf8'),
  };
}

async function bounded(body: AsyncIterable<Buffer>, maxBytes: number, host: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > maxBytes) throw new HttpError(`${host} answers with more than ${maxBytes} bytes`, { retry: false });
    parts.push(part);
  }
  return Buffer.concat(parts);
}
