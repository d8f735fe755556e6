import { X509Certificate } from 'node:crypto';
import { getCACertificates } from 'node:tls';
import { gitAddress } from '../../../core/git/git-address.ts';
import { knownHostsText } from '../program/ssh.ts';
import type { GitLogins } from './logins.ts';

/** Lifetime of a GitHub App token. */
const tokenMs = 3_600_000;

/**
 * What pods need to clone: username and password, or an SSH key with its known hosts, and the authorities of https servers.
 * @param authorities certificates (PEM) that the images of pods do not trust by themselves; empty: none
 */
export function podLogins(logins: GitLogins, authorities = '') {
  const isTls = (clone: string) => authorities !== '' && gitAddress(clone)?.scheme === 'https';
  return {
    needsOf(clone: string) {
      const login = logins.kindOf(clone);
      return { ...(login && { login }), ...(isTls(clone) && { authorities: true }) };
    },
    lastsMs: (clone: string) => (logins.ends(clone) ? tokenMs : undefined),
    async fieldsOf(clone: string): Promise<Record<string, string>> {
      const login = await logins.for(clone, gitAddress(clone)?.path.split('/').at(-1));
      if (login?.kind === 'ssh') return { 'ssh-privatekey': login.key, known_hosts: knownHostsText(clone, login.knownHosts) };
      return {
        ...(login && { username: login.username, password: login.password }),
        ...(isTls(clone) && { 'ca.crt': authorities }),
      };
    },
  };
}

/** The certificates of NODE_EXTRA_CA_CERTS without the public ones, which images have anyway and which would fill a Secret. */
export function privateAuthorities(extra = getCACertificates('extra'), known = getCACertificates('bundled')): string {
  const fingerprint = (pem: string) => new X509Certificate(pem).fingerprint256;
  if (extra.length === 0) return '';
  const bundled = new Set(known.map(fingerprint));
  return extra
    .filter((one) => !bundled.has(fingerprint(one)))
    .map((one) => `${one.trim()}\n`)
    .join('');
}
