import type { IncomingMessage } from 'node:http';

/**
 * Why a request must not be answered, or undefined. The page listens on this machine only, but every site that a browser
 * visits could send requests to it: a foreign `Host` is DNS rebinding, a foreign `Origin` is a form or script of another site.
 */
export function refusal(request: IncomingMessage, hosts: readonly string[]): string | undefined {
  const { host, origin } = request.headers;
  if (!host || !hosts.includes(host)) return `This page is served as ${hosts.join(' or ')}, not as ${host ?? 'nothing'}.`;
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  if (request.method !== 'POST') return `${request.method} is not used here.`;
  if (origin !== `http://${host}`) return `Only this page itself may act, not ${origin ?? 'a request without Origin'}.`;
  if (!request.headers['content-type']?.startsWith('application/json')) return 'An action is sent as application/json.';
  return undefined;
}
