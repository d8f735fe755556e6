import type { GitLogin, GitLoginRule } from '../config.ts';
import { type GitAddress, gitAddress } from './git-address.ts';

/** What decides where a login goes. */
type Bound = Pick<GitLoginRule, 'host' | 'repository' | 'kind'>;

/**
 * The login for the address of a repository: that of its host and port, and of those the one that names the repository itself. Undefined: it is read
 * without one.
 * @param address any form that `git.logins` may meet; that plain http is allowed there was looked at before
 */
export function loginFor<L extends Bound>(address: string, logins: readonly L[]): L | undefined {
  const at = gitAddress(address);
  const fitting = at ? logins.filter((login) => fits(login, at)) : [];
  return fitting.find(({ repository }) => repository !== undefined) ?? fitting[0];
}

function fits({ host, repository, kind }: Bound, at: GitAddress): boolean {
  if ((kind === 'ssh-key') !== (at.scheme === 'ssh') || !isHost(host, at)) return false;
  return repository === undefined || repository.replace(/\.git$/, '') === at.path;
}

const usualPorts = { https: '443', http: '80', ssh: '22' } as const;

/** `name` stands for the usual port, `name:port` for that one. */
function isHost(rule: string, { host, port, scheme }: GitAddress): boolean {
  const [, name, own] = /^(.*?)(?::(\d+))?$/.exec(rule.toLowerCase()) ?? [];
  return name === host && (own ?? usualPorts[scheme]) === port;
}

/** The host of an address as `git.logins` writes it. */
export function hostOf({ host, port, scheme }: GitAddress): string {
  return port === usualPorts[scheme] ? host : `${host}:${port}`;
}

/** The variables that hold a login, for sentences. */
export function variablesOf({ kind, secret }: Pick<GitLoginRule, 'kind' | 'secret'>): string {
  if (kind === 'github-app') return 'the GitHub App (GITHUB_APP_ID)';
  if (kind === 'ssh-key') return `GIT_${secret}_SSH_KEY`;
  return secret === undefined ? 'GIT_USERNAME and GIT_PASSWORD' : `GIT_${secret}_USERNAME and GIT_${secret}_PASSWORD`;
}

/** What would have to be set for an address that has no login. */
export function missingLogin(address: string): string {
  const at = gitAddress(address);
  const host = at ? hostOf(at) : address;
  return `add one for this host under git.logins, such as {host: "${host}", secret: NAME} with GIT_NAME_USERNAME and GIT_NAME_PASSWORD`;
}

/** What must not be shown of the logins. */
export function gitSecrets(logins: readonly GitLogin[]): object[] {
  return logins.map((login) => {
    if (login.kind === 'password') return { username: login.username, password: login.password };
    return login.kind === 'ssh-key' ? { key: login.key } : {};
  });
}
