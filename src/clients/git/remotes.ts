import { pathToFileURL } from 'node:url';
import type { Proxies } from '../../core/config.ts';
import { gitAddress } from '../../core/git/git-address.ts';
import { hostOf } from '../../core/git/git-login.ts';
import { HalfAnswer } from '../http/half-answer.ts';
import { askedToWait, hostLimits } from '../http/host-limits.ts';
import type { Http } from '../http/http-client.ts';
import { HttpError } from '../http/http-error.ts';
import { proxyFor } from '../http/proxy-for.ts';
import type { GitLocation } from './check-git-url.ts';
import type { Source } from './commit-cache.ts';
import { authorization, type SmartHttp } from './http/exchange.ts';
import { discover, fetchCommit, listRefs, type Remote } from './http/smart-http.ts';
import { type GitLogins, loginRemedy } from './logins/logins.ts';
import { GitError } from './program/git-cli.ts';
import { inOurWords, type Reached } from './program/git-words.ts';
import { sshCommand } from './program/ssh.ts';

export interface RemotesOptions {
  readonly http: Http;
  readonly logins: GitLogins;
  readonly proxies: Proxies;
}

/** What is limited where the git program is refused, which does not report how long the server asks to wait. */
const byProgram = 'git program';

/** Caches what is known about servers: the URL of a repository after redirects, and the protocol its server speaks. */
export class Remotes {
  readonly #options: RemotesOptions;
  readonly #known = new Map<string, Remote>();

  constructor(options: RemotesOptions) {
    this.#options = options;
  }

  /**
   * Lets the git program access the place unless its host has asked to wait. If git is rate-limited, it reports no waiting time.
   * @throws what `use` throws, or HttpError if the host asks to wait
   */
  async use<T>(place: GitLocation, use: (source: Source) => Promise<T>): Promise<T> {
    const source = await this.#source(place);
    const host = place.kind === 'http' ? new URL(source.address).host : undefined;
    if (host !== undefined) hostLimits.demand(host);
    try {
      const used = await use(source);
      if (host !== undefined) hostLimits.accepted(host, byProgram);
      return used;
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      if (place.kind === 'http') this.#known.delete(place.url.href);
      if (place.kind !== 'http' || host === undefined || !/returned error: (429|503)\b/.test(error.stderr))
        throw inOurWords(error, await this.#reached(place, source));
      // Asked by ourselves, the server says how long.
      await this.#discover(await this.#smart(place.url), place.url);
      throw askedToWait(host, hostLimits.refused(host, byProgram));
    }
  }

  async #reached(place: GitLocation, { address, proxy }: Source): Promise<Reached> {
    if (place.kind === 'local') return { where: 'This machine', about: place.path, login: 'add its folder to git.localRoots' };
    const at = gitAddress(address);
    const login = loginRemedy(await this.#options.logins.for(address).catch(() => undefined), address);
    const shown = proxy === undefined ? {} : { proxy };
    return { where: at ? hostOf(at) : address, about: `/${at?.path ?? ''}`, login, ...shown };
  }

  async #source(place: GitLocation): Promise<Source> {
    if (place.kind === 'local') return { address: pathToFileURL(place.path).href, protocols: 'file' };
    const { logins, proxies } = this.#options;
    if (place.kind === 'ssh') {
      const login = await logins.for(place.address);
      const key = login?.kind === 'ssh' ? { ssh: sshCommand(place.address, login), login: login.from } : {};
      return { address: place.address, protocols: 'ssh', ...key };
    }
    const smart = await this.#smart(place.url);
    const { base } = this.#known.get(place.url.href) ?? (await this.#discover(smart, place.url));
    const proxy = proxyFor(base, proxies);
    const protocols = base.protocol === 'https:' ? 'https' : 'http';
    const header = authorization(smart, base);
    return {
      address: base.href,
      protocols,
      ...(proxy && { proxy }),
      ...(header && { secretConfig: { [`http.${base.href}.extraHeader`]: `Authorization: ${header}` } }),
    };
  }

  /** The refs that start with one of the prefixes. */
  refs(url: URL, prefixes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#ask(url, (smart, remote) => listRefs(smart, remote, prefixes));
  }

  /** The text of a commit; undefined if only the git program can read it from this server. */
  commit(url: URL, sha: string): Promise<Buffer | undefined> {
    return this.#ask(url, (smart, remote) => fetchCommit(smart, remote, sha));
  }

  async #ask<T>(url: URL, ask: (smart: SmartHttp, remote: Remote) => Promise<T>): Promise<T> {
    const smart = await this.#smart(url);
    const known = this.#known.get(url.href);
    if (!known) return await ask(smart, await this.#discover(smart, url));
    try {
      return await ask(smart, known);
    } catch (error) {
      // The repository may have moved or been made anew, or the server or a proxy may speak another protocol version now.
      this.#known.delete(url.href);
      if (error instanceof HttpError && error.retry && !(error instanceof HalfAnswer)) throw error;
      return await ask(smart, await this.#discover(smart, url));
    }
  }

  async #smart(url: URL): Promise<SmartHttp> {
    const login = await this.#options.logins.for(url.href);
    return { http: this.#options.http, home: url, ...(login?.kind === 'basic' && { login }) };
  }

  /** The advertisement of an older server contains its refs, so it is not cached. */
  async #discover(smart: SmartHttp, url: URL): Promise<Remote> {
    const remote = await discover(smart, url);
    if (remote.advertisement.version === 2) this.#known.set(url.href, remote);
    return remote;
  }
}
