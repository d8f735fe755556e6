import type { GitLogin } from '../../../core/config.ts';
import { gitAddress } from '../../../core/git/git-address.ts';
import { loginFor, missingLogin, variablesOf } from '../../../core/git/git-login.ts';

/** The bot's credentials for the server of a repository. */
export type Login =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string; readonly from: string }
  | { readonly kind: 'ssh'; readonly key: string; readonly knownHosts: readonly string[]; readonly from: string };

/** A GitHub App token for git: read-only for one repository (its name without the owner), or for everything its installation can access. */
export type AppToken = (onlyRead?: string) => Promise<string>;

export class GitLogins {
  readonly #logins: readonly GitLogin[];
  readonly #appToken: AppToken | undefined;

  constructor(logins: readonly GitLogin[] = [], appToken?: AppToken) {
    this.#logins = logins;
    this.#appToken = appToken;
  }

  /** The login for an address, undefined if it is read without one. @throws if GitHub issues no token */
  async for(address: string, onlyRead?: string): Promise<Login | undefined> {
    const login = loginFor(address, this.#logins);
    if (!login) return undefined;
    const from = variablesOf(login);
    if (login.kind === 'ssh-key') return { kind: 'ssh', key: login.key, knownHosts: login.knownHosts, from };
    if (login.kind === 'password') return { kind: 'basic', username: login.username, password: login.password, from };
    if (!this.#appToken) throw new Error(`git.logins uses the GitHub App for ${address}, but none is configured`);
    return { kind: 'basic', username: 'x-access-token', password: await this.#appToken(onlyRead), from };
  }

  /** Names the login of an address, in words; undefined if none can be needed. */
  named(address: string): string | undefined {
    if (!gitAddress(address)) return undefined;
    const login = loginFor(address, this.#logins);
    return login ? variablesOf(login) : 'no login';
  }

  has(address: string): boolean {
    return loginFor(address, this.#logins) !== undefined;
  }

  /** The kind of login that an address needs; undefined if none. */
  kindOf(address: string): Login['kind'] | undefined {
    const login = loginFor(address, this.#logins);
    if (!login) return undefined;
    return login.kind === 'ssh-key' ? 'ssh' : 'basic';
  }

  /** Whether its login is a token that expires. */
  ends(address: string): boolean {
    return loginFor(address, this.#logins)?.kind === 'github-app';
  }
}

/** What to do if a server rejects the login or requires one. */
export function loginRemedy(login: Login | undefined, address: string): string {
  return login ? `check ${login.from} (or their files)` : missingLogin(address);
}
