import type { GitLogin, GitLoginRule } from '../config.ts';
import { type GitAddress, gitAddress, hostRule } from './git-address.ts';

/** What determines where a login is used. */
type Bound = Pick<GitLoginRule, 'host' | 'repository' | 'kind'>;

/**
 * The login for a repository's address: the one for its host and port, preferring one for that very repository. Undefined: it is accessed
 * without one.
 * @param address in any form that `git.logins` can match; whether plain http is allowed was checked before
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

/** `name` means the default port, `name:port` that port. */
function isHost(rule: string, { host, port, scheme }: GitAddress): boolean {
  const allowed = hostRule(rule);
  return allowed.host === host && (allowed.port ?? usualPorts[scheme]) === port;
}

/** The host of an address in the form used by `git.logins`. */
export function hostOf({ host, port, scheme }: GitAddress): string {
  return port === usualPorts[scheme] ? host : `${host}:${port}`;
}

/** The variables that contain a login, for messages. */
export function variablesOf({ kind, secret }: Pick<GitLoginRule, 'kind' | 'secret'>): string {
  if (kind === 'github-app') return 'the GitHub App (GITHUB_APP_ID)';
  if (kind === 'ssh-key') return `GIT_${secret}_SSH_KEY`;
  return secret === undefined ? 'GIT_USERNAME and GIT_PASSWORD' : `GIT_${secret}_USERNAME and GIT_${secret}_PASSWORD`;
}

/** What to set for an address that has no login. */
export function missingLogin(address: string): string {
  const at = gitAddress(address);
  const host = at ? hostOf(at) : address;
  return `add one for this host under git.logins, such as {host: "${host}", secret: NAME} with GIT_NAME_USERNAME and GIT_NAME_PASSWORD`;
}

/** The parts of the logins that must be redacted. */
export function gitSecrets(logins: readonly GitLogin[]): object[] {
  return logins.map((login) => {
    if (login.kind === 'password') return { username: login.username, password: login.password };
    return login.kind === 'ssh-key' ? { key: login.key } : {};
  });
}
