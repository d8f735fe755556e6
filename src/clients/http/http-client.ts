import { type Dispatcher, fetch, type RequestInit } from 'undici';
import type { Proxies } from '../../core/config.ts';
import { inQuotes } from '../../core/text/quoted.ts';
import { machineTime } from '../../core/time/clock.ts';
import { boundedFetch, pieces } from './bounded.ts';
import { decodedBody } from './content-coding.ts';
import { type ConnectionOptions, Connections } from './dispatcher.ts';
import { hostLimits, waitIn } from './host-limits.ts';
import { HttpError, type HttpHead, httpError, isCut } from './http-error.ts';

export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Maximum size of the response body; more is an error. 8 MiB by default. */
  readonly maxBytes?: number;
  /** From the call to the last byte. 30 s by default. */
  readonly timeoutMs?: number;
  /** Whether the request may reach the server twice. True for GET and HEAD by default. */
  readonly repeatable?: boolean;
  readonly signal?: AbortSignal;
  /**
   * Consumes the body chunk by chunk, anew for each attempt; if undefined, the body is buffered. An HttpError it throws ends the request.
   */
  readonly into?: (head: HttpHead) => ((piece: Buffer) => void) | undefined;
}

export interface HttpAnswer extends HttpHead {
  readonly body: Buffer;
  text(): string;
  /** Retrying before this time is pointless, if the server said so; until then every request to its host is refused here. */
  readonly retryAt?: Date;
}

/**
 * Sends requests over keep-alive connections. Redirects are not followed: the caller decides where they may lead.
 * Any status counts as a response.
 * @throws HttpError if there is none
 */
export interface Http {
  request(url: string | URL, request?: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** The connections themselves, for libraries that send their own requests. */
export interface Web {
  /** Like the global `fetch`, over the same connections and through the same proxies. */
  readonly fetch: typeof globalThis.fetch;
  /** The dispatcher for WebSockets, if there are proxies. */
  readonly proxied?: Dispatcher;
}

/** Node's own connections, without a proxy. */
export const direct: Web = { fetch: boundedFetch(globalThis.fetch) };

export type HttpOptions = ConnectionOptions;

export function httpClient(options: HttpOptions = {}): Http & Web {
  const dispatcher = new Connections(options);
  const { http, https } = options.proxies ?? {};
  return {
    request: async (url, request = {}) => await ask(dispatcher, urlOf(url), request),
    close: () => dispatcher.destroy(),
    fetch: fetchOver(dispatcher),
    ...((http ?? https) && { proxied: dispatcher }),
  };
}

/** For libraries that have their own timeouts, such as those of Slack and GitHub. */
export function webClient(proxies: Proxies): Http & Web {
  return httpClient({ proxies, headersMs: 300_000, bodyMs: 300_000, connections: 64 });
}

/** The types of undici and Node describe the same thing differently. */
function fetchOver(dispatcher: Dispatcher): typeof globalThis.fetch {
  const over = async (input: string | URL, init?: RequestInit) => {
    try {
      return await fetch(input, { ...init, dispatcher });
    } catch (error) {
      // undici only says "fetch failed"; after an abort, the reason of the signal must be kept.
      throw init?.signal?.aborted ? error : httpError(urlOf(input).host, error);
    }
  };
  return boundedFetch(over as unknown as typeof globalThis.fetch);
}

/** @throws HttpError if it is none: only a server's answer can have named such an address */
function urlOf(written: string | URL): URL {
  if (URL.canParse(String(written))) return new URL(written);
  throw new HttpError(`${inQuotes(String(written), 200)} is not a valid URL`, { retry: false });
}

async function ask(dispatcher: Dispatcher, url: URL, request: HttpRequest): Promise<HttpAnswer> {
  const { method = 'GET', timeoutMs = 30_000 } = request;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout;
  const repeatable = request.repeatable ?? method !== 'POST';
  for (let tries = 1; ; tries++) {
    const begun: { head?: HttpHead } = {};
    const into = (head: HttpHead) => {
      begun.head = head;
      return request.into?.(head);
    };
    try {
      return await askOnce(dispatcher, url, { ...request, into }, signal);
    } catch (error) {
      if (request.signal?.aborted && !(error instanceof HttpError)) throw request.signal.reason;
      // A server may close an idle connection just as we use it.
      if (error instanceof HttpError || !repeatable || tries > 1 || !isCut(error))
        throw Object.assign(httpError(url.host, error, timeoutMs), begun);
    }
  }
}

async function askOnce(dispatcher: Dispatcher, url: URL, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { method = 'GET', maxBytes = 8 * 1024 ** 2 } = request;
  hostLimits.demand(url.host);
  const answer = await dispatcher.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers: { 'user-agent': 'coxswain', ...request.headers },
    body: request.body ?? null,
    signal,
  });
  const { headers, statusCode } = answer;
  const header = (name: string) => (Object.hasOwn(headers, name) ? [headers[name]].flat().join(', ') : undefined);
  const retryAt = heldUntil(url.host, statusCode, header);
  const head = { status: statusCode, header, ...(retryAt && { retryAt }) };
  const parts: Buffer[] = [];
  const take = request.into?.(head) ?? ((part: Buffer) => parts.push(part));
  try {
    const decoded = decodedBody(answer.body as AsyncIterable<Buffer>, header('content-encoding') ?? '', url.host);
    for await (const part of pieces(decoded, maxBytes, url.host)) take(part);
  } finally {
    // Of a body that is not read to its end nothing more is received.
    if (!answer.body.readableEnded) answer.body.on('error', () => undefined).destroy();
  }
  const body = Buffer.concat(parts);
  return { ...head, body, text: () => body.toString('utf8') };
}

const anyRequest = 'http';

function heldUntil(host: string, status: number, header: HttpAnswer['header']): Date | undefined {
  if (status < 400) hostLimits.accepted(host, anyRequest);
  // Not only 429 and 503: GitHub's secondary limits are 403, and proxies send what they like.
  const asked =
    [403, 429].includes(status) || status >= 500 ? waitIn({ retryAfter: header('retry-after'), date: header('date') }) : undefined;
  if (asked) hostLimits.hold(host, asked);
  // A limit that does not say how long it lasts.
  const wait = asked ?? (status === 429 ? hostLimits.refused(host, anyRequest) : undefined);
  if (!wait) return undefined;
  return new Date(machineTime().getTime() + wait);
}
