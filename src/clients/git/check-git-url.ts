import { realpathSync } from 'node:fs';
import { isAbsolute, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GitRules } from '../../core/config.ts';
import { messageOf, UserError } from '../../core/errors.ts';
import { gitAddress, hostRule } from '../../core/git/git-address.ts';

/** The location of a repository whose address has been checked. */
export type GitLocation =
  | { readonly kind: 'http'; readonly url: URL }
  | { readonly kind: 'ssh'; readonly address: string }
  | { readonly kind: 'local'; readonly path: string };

/**
 * Rejects the address of a repository that coxswain must not read.
 * @throws UserError that says what is accepted
 */
export function checkGitUrl(url: string, rules: GitRules): void {
  gitPlace(url, rules);
}

/**
 * The location of an address: https, ssh, http to the hosts allowed by the rules, and folders below the allowed roots (with all
 * symbolic links resolved). Nothing else, so that neither git's `ext::` nor an option in place of an address runs a program.
 * @throws UserError that says what is accepted
 */
export function gitPlace(url: string, rules: GitRules): GitLocation {
  const shown = JSON.stringify(withoutUser(url));
  if (url === '' || /[\p{Cc}\p{Zl}\p{Zp}\ufffd]/u.test(url) || url !== url.trim()) {
    throw refused(shown, 'it is empty, or contains control characters or surrounding blanks', rules);
  }
  if (url.startsWith('-')) throw refused(shown, 'it starts with a dash', rules);
  if (/^[\w+.-]+::/.test(url)) throw refused(shown, 'remote helpers (`name::…`) can run any program', rules);
  if (isAbsolute(url)) return localPlace(url, shown, rules);
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'file:') return localPlace(pathOf(parsed, shown, rules), shown, rules);
  if (parsed?.protocol === 'https:' || parsed?.protocol === 'http:') return webPlace(parsed, shown, rules);
  if (gitAddress(url)?.scheme === 'ssh') return sshPlace(url, shown, rules);
  if (!parsed && /^(?:https?|ssh):\/\//i.test(url))
    throw refused(shown, 'its host does not exist, or its port is not one of 1 to 65535', rules);
  if (parsed || /^[^/]+:/.test(url))
    throw refused(shown, parsed ? `${parsed.protocol} is not supported` : 'it is not an address that git can read', rules);
  throw refused(shown, 'it is neither a URL nor an absolute path', rules);
}

/** Whether the rules allow plain http to this host. `name` matches every port, `name:port` only that one. */
function isAllowedHttp(url: URL, rules: GitRules): boolean {
  return rules.httpHosts.some((rule) => {
    const { host, port } = hostRule(rule);
    return host === url.hostname && (port === undefined || port === (url.port || '80'));
  });
}

/** git passes host and path to ssh and to a shell on the server; anything that could be interpreted there is refused. */
function sshPlace(address: string, shown: string, rules: GitRules): GitLocation {
  const { host = '', user, path = '' } = gitAddress(address) ?? {};
  if (URL.canParse(address) && new URL(address).password)
    throw refused(shown, 'it contains a password; configure a key under git.logins', rules);
  if (user === undefined) throw refused(shown, 'it has no user name; most servers expect git@…', rules);
  if (!/^[a-z0-9_[]/.test(host) || /[^\w.:[\]-]/.test(host)) throw refused(shown, 'its host is not a valid name', rules);
  if (!/^\w[\w.-]*$/.test(user)) throw refused(shown, 'its user is not a valid name', rules);
  if (path === '' || path.startsWith('-') || /[?#'"`$;&|<>\\]/.test(path))
    throw refused(shown, 'its path is not a valid repository path', rules);
  return { kind: 'ssh', address };
}

function webPlace(url: URL, shown: string, rules: GitRules): GitLocation {
  if (url.username || url.password) {
    throw refused(shown, 'it contains a user or a password; configure them under git.logins instead', rules);
  }
  if (url.search || url.hash) throw refused(shown, 'it has a query or a fragment', rules);
  if (url.protocol === 'http:' && !isAllowedHttp(url, rules)) {
    throw refused(shown, `plain http to ${url.host} is not allowed; use https or add the host to git.httpHosts`, rules);
  }
  return { kind: 'http', url };
}

function localPlace(path: string, shown: string, rules: GitRules): GitLocation {
  const real = realOf(path);
  if (real instanceof Error) throw new UserError(`The repository ${shown} cannot be read: ${messageOf(real)}`, { cause: real });
  const inside = rules.localRoots.some((root) => {
    const realRoot = realOf(root);
    return !(realRoot instanceof Error) && (real === realRoot || real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep));
  });
  if (!inside) throw refused(shown, `${real === path ? 'it' : real} is not inside one of the folders in git.localRoots`, rules);
  return { kind: 'local', path: real };
}

function pathOf(url: URL, shown: string, rules: GitRules): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw refused(shown, 'a file: address is file:///path, without a host and without an encoded slash', rules);
  }
}

function realOf(path: string): string | Error {
  try {
    return realpathSync(path);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function refused(shown: string, why: string, rules: GitRules): UserError {
  const http = rules.httpHosts.length > 0 ? `http://… to ${rules.httpHosts.join(', ')}` : 'http://… to hosts in git.httpHosts (none yet)';
  const local = rules.localRoots.length > 0 ? rules.localRoots.join(', ') : 'git.localRoots (none yet)';
  return new UserError(
    `The git address ${shown} is refused: ${why}. Accepted are https://…, ssh://… and git@host:path, ${http}, and folders inside ${local}.`,
  );
}

/** Passwords are not repeated in messages. */
function withoutUser(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//…@');
}
