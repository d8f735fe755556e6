import { causesOf, connectionFailure, isUntrusted } from '../../core/connection-failure.ts';
import { HttpError } from './http-error.ts';

/** The connection to the proxy itself failed, or its request for a tunnel: the cause says how. It has no code, so undici does not retry it. */
export class AtProxy extends Error {
  constructor(cause: unknown) {
    super('the proxy failed', { cause });
  }
}

/** Error codes of a failed connection attempt: a proxied request makes none but that to the proxy. */
const notConnected =
  /^(ENOTFOUND|ENODATA|EAI_\w+|ESERVFAIL|ECONNREFUSED|EHOST\w+|ENET\w+|EADDRNOTAVAIL|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|UND_ERR_PRX_\w+)$/;

const variables = 'HTTPS_PROXY, HTTP_PROXY and NO_PROXY';

/**
 * The error of the proxy itself, which names the proxy without its password; undefined if the error comes from the target.
 * @param proxy the URL of the proxy
 * @param isTunnel whether the request went through a tunnel; otherwise it was sent to the proxy, and so every error is the proxy's
 */
export function proxyError(proxy: string, host: string, thrown: Error, isTunnel = true): HttpError | undefined {
  const answered = statusIn(thrown);
  if (answered !== undefined) return proxyRefusal(proxy, host, answered, thrown);
  const failure = connectionFailure(thrown);
  if (!failure) return undefined;
  const { code, words, retry } = failure;
  const way = `on the way to ${host}`;
  if (!isTunnel || notConnected.test(code) || [...causesOf(thrown)].some((error) => error instanceof AtProxy)) {
    const [what, ...advice] = words.split(': ');
    const remedy = isUntrusted(code) ? 'add the certificate of that authority with NODE_EXTRA_CA_CERTS' : `check ${variables}`;
    const detail = [`The proxy ${shown(proxy)} ${what}, ${way}`, ...advice].join(': ');
    return new HttpError(advice.length > 0 ? `${detail}; ${remedy}` : `${detail}: ${remedy}`, { retry, cause: thrown });
  }
  if (!words.startsWith('does not speak TLS')) return undefined;
  const remedy = 'is it an http address, or does the proxy show its own page instead?';
  return new HttpError(`${host} does not speak TLS through the proxy ${shown(proxy)}: ${remedy}`, { retry: false, cause: thrown });
}

/** What a proxy answered in place of the host: 407 is for its login, any other for the connection. */
export function proxyRefusal(proxy: string, host: string, status: number, cause?: unknown): HttpError {
  const name = `The proxy ${shown(proxy)} (HTTPS_PROXY or HTTP_PROXY)`;
  if (status === 407) {
    const what = new URL(proxy).username === '' ? 'requires a login' : 'does not accept its login';
    const remedy = 'write its user and password before its host, as USER:PASSWORD@HOST, or list hosts that need no proxy in NO_PROXY';
    return new HttpError(`${name} ${what} (407) on the way to ${host}: ${remedy}`, { retry: false, cause });
  }
  const remedy =
    status >= 500
      ? 'check that the proxy can resolve and reach this host, or list the host in NO_PROXY'
      : 'allow it on the proxy, or list the host in NO_PROXY';
  return new HttpError(`${name} does not connect to ${host} (${status}): ${remedy}`, { retry: status >= 500, cause });
}

/**
 * Whether a response to a request without a tunnel was made by the proxy itself: Proxy-Status is RFC 9209, the others are what Squid,
 * tinyproxy and Privoxy put into their own pages.
 */
export function isOfProxy(status: number, header: (name: string) => string | undefined): boolean {
  if (status === 407) return true;
  if (status < 400) return false;
  if (header('x-squid-error') !== undefined || /\berror=/.test(header('proxy-status') ?? '')) return true;
  return /^(tinyproxy|privoxy|mitmproxy)\b/i.test(header('server') ?? '');
}

function statusIn(thrown: Error): number | undefined {
  for (const { message } of causesOf(thrown)) {
    const found = /^Proxy response \((\d+)\)|\((407)\)$|Bad response: (\d+)/.exec(message)?.slice(1).find(Boolean);
    if (found !== undefined) return Number(found);
  }
  return undefined;
}

const shown = (proxy: string): string => new URL(proxy).origin;
