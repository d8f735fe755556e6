import { pathToFileURL } from 'node:url';
import type { Proxies } from '../../core/config.ts';
import { HttpError } from '../http/http-error.ts';
import { proxyFor } from '../http/proxy-for.ts';
import type { GitPlace } from './check-git-url.ts';
import type { Source } from './commit-cache.ts';
import { discover, listRefs, type Remote, type SmartHttp } from './smart-http.ts';

/** What is known of the servers: the address of a repository after redirects, and what its server speaks. */
export class Remotes {
  readonly #smart: SmartHttp;
  readonly #proxies: Proxies;
  readonly #known = new Map<string, Remote>();

  constructor(smart: SmartHttp, proxies: Proxies = { no: '' }) {
    this.#smart = smart;
    this.#proxies = proxies;
  }

  get hasCredentials(): boolean {
    return this.#smart.credentials !== undefined;
  }

  /** How the git program goes there. */
  async source(place: GitPlace): Promise<Source> {
    if (place.kind === 'local') return { address: pathToFileURL(place.path).href, protocols: 'file' };
    const { base } = this.#known.get(place.url.href) ?? (await this.#discover(place.url));
    const { credentials } = this.#smart;
    const protocols = base.protocol === 'https:' ? 'https' : 'http';
    const proxy = proxyFor(base, this.#proxies);
    const way = { address: base.href, protocols, ...(proxy && { proxy }) } as const;
    if (!credentials) return way;
    const login = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
    return { ...way, secretConfig: { [`http.${base.href}.extraHeader`]: `Authorization: Basic ${login}` } };
  }

  /** The refs that begin with one of the prefixes. */
  async refs(url: URL, prefixes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const known = this.#known.get(url.href);
    if (!known) return await listRefs(this.#smart, await this.#discover(url), prefixes);
    try {
      return await listRefs(this.#smart, known, prefixes);
    } catch (error) {
      if (error instanceof HttpError && error.retry) throw error;
      // The repository may have moved, or the server may speak another version since.
      this.#known.delete(url.href);
      return await listRefs(this.#smart, await this.#discover(url), prefixes);
    }
  }

  /** What an older server says holds its refs, and so is not kept. */
  async #discover(url: URL): Promise<Remote> {
    const remote = await discover(this.#smart, url);
    if (remote.advertisement.version === 2) this.#known.set(url.href, remote);
    return remote;
  }
}
