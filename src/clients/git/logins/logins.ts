import type { GitLogin } from '../../../core/config.ts';
import { gitAddress } from '../../../core/git/git-address.ts';
import { loginFor, missingLogin, variablesOf } from '../../../core/git/git-login.ts';

/** Who the bot is to the server of one repository. */
export type Login =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string; readonly from: string }
  | { readonly kind: 'ssh'; readonly key: string; readonly knownHosts: readonly string[]; readonly from: string };

/** A token of the GitHub App for git: of one repository (its name without the owner) to be read alone, or of all that its installation reaches. */
export type AppToken = (onlyRead?: string) => Promise<string>;

export class GitLogins {
  readonly #logins: readonly GitLogin[];
  readonly #appToken: AppToken | undefined;

  constructor(logins: readonly GitLogin[] = [], appToken?: AppToken) {
    this.#logins = logins;
    this.#appToken = appToken;
  }

  /** The login for an address, undefined where it is read without one. @throws where GitHub gives no token */
  async for(address: string, onlyRead?: string): Promise<Login | undefined> {
    const login = loginFor(address, this.#logins);
    if (!login) return undefined;
    const from = variablesOf(login);
    if (login.kind === 'ssh-key') return { kind: 'ssh', key: login.key, knownHosts: login.knownHosts, from };
    if (login.kind === 'password') return { kind: 'basic', username: login.username, password: login.password, from };
    if (!this.#appToken) throw new Error(`git.logins uses the GitHub App for ${address}, but none is configured`);
    return { kind: 'basic', username: 'x-access-token', password: await this.#appToken(onlyRead), from };
  }

  /** Which login an address has, in words; undefined where none can be needed. */
  named(address: string): string | undefined {
    if (!gitAddress(address)) return undefined;
    const login = loginFor(address, this.#logins);
    return login ? variablesOf(login) : 'no login';
  }

  has(address: string): boolean {
    return loginFor(address, this.#logins) !== undefined;
  }

  /** What an address needs; undefined: nothing. */
  kindOf(address: string): Login['kind'] | undefined {
    const login = loginFor(address, this.#logins);
    if (!login) return undefined;
    return login.kind === 'ssh-key' ? 'ssh' : 'basic';
  }

  /** Whether its login is a token that ends. */
  ends(address: string): boolean {
    return loginFor(address, this.#logins)?.kind === 'github-app';
  }
}

/** What to do where a server does not take a login, or wants one. */
export function loginRemedy(login: Login | undefined, address: string): string {
  return login ? `check ${login.from} (or their files)` : missingLogin(address);
}
