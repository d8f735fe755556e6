import { trimSigns } from '../text/trim.ts';
import { portOf } from './credential.ts';

/** A remote git address. */
export interface GitAddress {
  readonly scheme: 'https' | 'http' | 'ssh';
  /** In lower case; an IPv6 address in brackets. */
  readonly host: string;
  readonly port: string;
  /** The path on the host, without surrounding slashes and without `.git`: `team/app`. */
  readonly path: string;
  /** The ssh user. */
  readonly user?: string;
}

/** The host of `user@host:path`, git's short form of an ssh address; a path with a slash before the first colon is a local one. */
const short = /^(?:(?<user>[A-Za-z0-9_][\w.-]*)@)?(?<host>[A-Za-z0-9_][\w.-]*|\[[0-9A-Fa-f:.]+\]):(?<path>(?!\/\/|:|-).+)$/;

/** A host of the configuration, `name` or `name:port`, as `gitAddress` writes it. */
export function hostRule(written: string): { readonly host: string; readonly port?: string } {
  const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(written.toLowerCase()) ?? [];
  const url = `http://${name}`;
  return { host: URL.canParse(url) ? new URL(url).hostname : name, ...(port !== undefined && { port }) };
}

/** Undefined for a local path, and for anything that git would interpret differently. */
export function gitAddress(written: string): GitAddress | undefined {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url && /^https?:$/.test(url.protocol)) {
    return { scheme: url.protocol === 'https:' ? 'https' : 'http', host: url.hostname, port: portOf(url), path: plainPath(url.pathname) };
  }
  if (url && /^(git\+)?ssh:$/.test(url.protocol)) {
    const host = url.hostname.toLowerCase();
    return { scheme: 'ssh', host, port: portOf(url), path: plainPath(url.pathname), ...(url.username && { user: url.username }) };
  }
  const { user, host, path } = short.exec(written)?.groups ?? {};
  if (!host || path === undefined || written.includes('://')) return undefined;
  return { scheme: 'ssh', host: host.toLowerCase(), port: '22', path: plainPath(path), ...(user && { user }) };
}

function plainPath(path: string): string {
  return trimSigns(path, '/').replace(/\.git$/, '');
}
