import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * Why a stand-in must not answer a request, or undefined. Stand-ins listen on this machine and ask for no password, and the one for
 * Kubernetes runs programs: no web page that a browser visits may reach them. Browsers send Origin or Sec-Fetch-Site with whatever could
 * change something, programs send neither; a host that is a name and no address is DNS rebinding.
 * @param named names under which the stand-in is meant to be reached, beside addresses and localhost
 */
export function fromPage({ headers }: IncomingMessage, ...named: readonly string[]): string | undefined {
  const { host = '', origin } = headers;
  const name = host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
  if (isIP(name) === 0 && !['localhost', ...named].includes(name)) return `this is not ${JSON.stringify(name)}`;
  if (origin !== undefined || headers['sec-fetch-site'] !== undefined) return 'web pages have no business here';
  return undefined;
}
