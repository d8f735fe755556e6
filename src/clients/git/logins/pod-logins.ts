import { gitAddress } from '../../../core/git/git-address.ts';
import { knownHostsText } from '../program/ssh.ts';
import type { GitLogins } from './logins.ts';

/** Lifetime of a GitHub App token. */
const tokenMs = 3_600_000;

/** The logins in the form in which pods use them to clone: username and password, or an SSH key with its known hosts. */
export function podLogins(logins: GitLogins) {
  return {
    kindOf: (clone: string) => logins.kindOf(clone),
    lastsMs: (clone: string) => (logins.ends(clone) ? tokenMs : undefined),
    async fieldsOf(clone: string): Promise<Record<string, string>> {
      const login = await logins.for(clone, gitAddress(clone)?.path.split('/').at(-1));
      if (login?.kind === 'ssh') return { 'ssh-privatekey': login.key, known_hosts: knownHostsText(clone, login.knownHosts) };
      return login ? { username: login.username, password: login.password } : {};
    },
  };
}
