import { BlockList, isIP } from 'node:net';
import type { Proxies } from '../../core/config.ts';

/**
 * The proxy for a URL, undefined for none. All clients use the rules of curl (libcurl-env(3), CURLOPT_NOPROXY(3)): `example.com` and
 * `.example.com` match that host and its subdomains, `*.example.com` only the subdomains, `*` everything, `10.0.0.0/8` a network; each
 * of them may end with `:port`.
 */
export function proxyFor(url: URL, { http, https, no }: Proxies): string | undefined {
  const isSecure = url.protocol === 'https:' || url.protocol === 'wss:';
  const proxy = isSecure ? https : http;
  if (proxy === undefined) return undefined;
  const host = plainHost(url.hostname);
  const port = url.port || (isSecure ? '443' : '80');
  return no.some((entry) => names(entry, host, port)) ? undefined : proxy;
}

function names(entry: string, host: string, port: string): boolean {
  const { name, onlyPort } = parts(entry);
  if (onlyPort !== undefined && onlyPort !== port) return false;
  if (name === '*') return true;
  if (name.includes('/')) return isInNetwork(host, name);
  if (isIP(name) !== 0) return isInNetwork(host, `${name}/${isIP(name) === 4 ? 32 : 128}`);
  if (name.startsWith('*.')) return host.endsWith(name.slice(1));
  const domain = name.replace(/^\./, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

/** An IPv6 address can have a port only if it is in brackets. */
function parts(entry: string): { name: string; onlyPort?: string } {
  const inBrackets = /^\[(?<name>[^\]]*)\](?<bits>\/\d+)?(?::(?<port>\d+))?$/.exec(entry)?.groups;
  if (inBrackets) return { name: `${inBrackets.name}${inBrackets.bits ?? ''}`, ...(inBrackets.port && { onlyPort: inBrackets.port }) };
  const [, name, port] = /^([^:]*):(\d+)$/.exec(entry) ?? [];
  return { name: plainHost(name ?? entry), ...(port && { onlyPort: port }) };
}

function isInNetwork(host: string, network: string): boolean {
  const [address = '', bits = ''] = network.split('/');
  const family = (ip: string) => (isIP(ip) === 4 ? 'ipv4' : 'ipv6');
  if (isIP(host) === 0 || isIP(address) === 0 || family(host) !== family(address)) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family(address));
  return list.check(host, family(host));
}

/** Without brackets and without the trailing dot of a fully qualified name. */
function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/(.)\.$/, '$1');
}
