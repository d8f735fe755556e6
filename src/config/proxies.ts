import { isIP } from 'node:net';
import type { Proxies } from '../core/config.ts';
import type { Environment } from '../core/environment.ts';
import { ConfigError, type ConfigIssue } from './config-error.ts';

const file = 'environment';

/**
 * HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, lower case first, as in curl. The pod's own API server never goes through a proxy.
 * @throws ConfigError with every issue; it contains no password
 */
export function readProxies(env: Environment): Proxies {
  const issues: ConfigIssue[] = [];
  const proxyOf = (...names: string[]) => {
    const [name = '', written] = firstSet(env, names) ?? [];
    const found = written === undefined ? undefined : proxyUrl(written);
    if (written !== undefined && !found) issues.push({ file, path: name, message: wrongProxy(written) });
    return found;
  };
  const http = proxyOf('http_proxy', 'all_proxy');
  const https = proxyOf('https_proxy', 'all_proxy');
  const [name = 'NO_PROXY', written = ''] = firstSet(env, ['no_proxy']) ?? [];
  for (const entry of entriesOf(written)) {
    if (!isEntry(entry))
      issues.push({
        file,
        path: name,
        message: `found ${JSON.stringify(entry)}; allowed: hosts, addresses, and networks such as 10.0.0.0/8`,
      });
  }
  if (issues.length > 0) throw new ConfigError(issues);
  const no = [...entriesOf(written), ...(env.KUBERNETES_SERVICE_HOST ? [env.KUBERNETES_SERVICE_HOST] : [])];
  return { ...(http && { http }), ...(https && { https }), no };
}

/** The parts of them that must be redacted. */
export function proxySecrets({ http, https }: Proxies): string[] {
  const written = [http, https].flatMap((proxy) => (proxy ? [new URL(proxy).password] : []));
  return [...new Set(written.flatMap((password) => [password, decodeURIComponent(password)]))].filter((password) => password !== '');
}

function firstSet(env: Environment, names: readonly string[]): [string, string] | undefined {
  for (const name of names.flatMap((small) => [small, small.toUpperCase()])) {
    const value = env[name]?.trim();
    if (value) return [name, value];
  }
  return undefined;
}

/** Like curl, treats `proxy:3128` as an http address. */
function proxyUrl(written: string): string | undefined {
  const whole = written.includes('://') ? written : `http://${written}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (!url?.hostname || url.port === '0' || !/^https?:$/.test(url.protocol) || !isDecodable(url)) return undefined;
  return url.href;
}

function isDecodable({ username, password }: URL): boolean {
  try {
    return typeof decodeURIComponent(username + password) === 'string';
  } catch {
    return false;
  }
}

function wrongProxy(written: string): string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(written)?.[1];
  const found = scheme && !/^https?$/i.test(scheme) ? `found a proxy of type ${scheme}` : 'found no proxy address';
  return `${found}; allowed: http://HOST:PORT or https://HOST:PORT, with USER:PASSWORD@ before the host if it needs a login (special characters written as %40)`;
}

function entriesOf(written: string): string[] {
  return written.split(/[\s,]+/).filter((entry) => entry !== '');
}

/** A network is an address and a prefix length. */
function isEntry(entry: string): boolean {
  const [address = '', bits, more] = entry.replace(/^\[(.*)\]/, '$1').split('/');
  if (bits === undefined) return true;
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return more === undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}
