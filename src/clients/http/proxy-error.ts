import { HttpError } from './http-error.ts';

/** Error codes of a failed connection attempt: for a proxied request, always that to the proxy. */
const notConnected: Readonly<Record<string, string>> = {
  ENOTFOUND: 'has no address (ENOTFOUND)',
  EAI_AGAIN: 'cannot be resolved at the moment (EAI_AGAIN)',
  ECONNREFUSED: 'refuses the connection (ECONNREFUSED)',
  EHOSTUNREACH: 'cannot be reached (EHOSTUNREACH)',
  ENETUNREACH: 'cannot be reached (ENETUNREACH)',
  ETIMEDOUT: 'does not answer (ETIMEDOUT)',
  UND_ERR_CONNECT_TIMEOUT: 'did not accept the connection in time',
  UND_ERR_PRX_CONN: 'closed the connection before it was established',
  UND_ERR_PRX_TLS: 'does not speak TLS correctly',
};

/**
 * The error of the proxy itself, which names the proxy without its password; undefined if the error comes from the target.
 * @param proxy the URL of the proxy
 */
export function proxyError(proxy: string, host: string, thrown: Error): HttpError | undefined {
  const shown = `The proxy ${new URL(proxy).origin}`;
  const status = /Proxy response \((\d+)\)|\((407)\)|Bad response: (\d+)/.exec(thrown.message);
  const answered = status?.slice(1).find(Boolean);
  if (answered === '407') {
    const remedy = 'write its user and password before its host, as USER:PASSWORD@HOST, or list hosts that need no proxy in NO_PROXY';
    return new HttpError(`${shown} (HTTPS_PROXY or HTTP_PROXY) does not accept its login (407) on the way to ${host}: ${remedy}`, {
      retry: false,
      cause: thrown,
    });
  }
  if (answered) {
    const remedy = 'allow it on the proxy, or list the host in NO_PROXY';
    return new HttpError(`${shown} does not connect to ${host} (${answered}): ${remedy}`, {
      retry: Number(answered) >= 500,
      cause: thrown,
    });
  }
  const code = codeOf(thrown);
  if (/^(EPROTO|ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG)$/.test(code)) {
    const remedy = 'is it an http address, or does the proxy show its own page instead?';
    return new HttpError(`${host} does not speak TLS through ${shown.replace('The', 'the')}: ${remedy}`, { retry: false, cause: thrown });
  }
  const words = Object.hasOwn(notConnected, code) ? notConnected[code] : undefined;
  if (!words) return undefined;
  return new HttpError(`${shown} ${words}, on the way to ${host}: check HTTPS_PROXY, HTTP_PROXY and NO_PROXY`, {
    retry: true,
    cause: thrown,
  });
}

function codeOf(thrown: unknown): string {
  if (thrown instanceof AggregateError) return codeOf(thrown.errors[0]);
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}
