import { pathToFileURL } from 'node:url';
import type { GitRules, Repository } from '../../core/config.ts';
import type { Commit } from '../../core/run.ts';
import { HttpError } from '../http/http-error.ts';
import type { Http } from '../http.ts';
import type { Log } from '../log.ts';
import { branchPatterns, isBranchName } from './branch-patterns.ts';
import { type GitPlace, gitPlace } from './check-git-url.ts';
import { CommitCache, type Source } from './commit-cache.ts';
import type { GitCli } from './git-cli.ts';
import { gitIn, keepHome, prepareHome } from './git-home.ts';
import { localRefs } from './local-refs.ts';
import { type Credentials, discover, listRefs, type Remote, type SmartHttp } from './smart-http.ts';

export interface Git {
  /**
   * Branch → commit of all branches that match the patterns of the repository. Asks for refs only, never for objects.
   * @throws UserError where the person can mend it, HttpError or GitError otherwise
   */
  heads(repository: Repository): Promise<Record<string, string>>;
  /**
   * Author, date and subject of one commit, by a fetch of that commit alone and without its files. May be repeated.
   * @throws UserError where the person can mend it, HttpError or GitError otherwise
   */
  commit(repository: Repository, branch: string, sha: string): Promise<Commit>;
}

export interface GitOptions {
  /** For what git keeps between calls; a cache, may be deleted at any time. */
  readonly folder: string;
  readonly rules: GitRules;
  readonly credentials?: Credentials;
  readonly http: Http;
  readonly log: Log;
  /** Further environment of the git program: PATH, proxies, GIT_SSL_CAINFO. */
  readonly environment?: Readonly<Record<string, string>>;
}

export function gitClient(options: GitOptions): Git {
  return new GitRepositories(options);
}

class GitRepositories implements Git {
  readonly #options: GitOptions;
  readonly #smart: SmartHttp;
  readonly #cli: GitCli;
  readonly #commits: CommitCache;
  readonly #remotes = new Map<string, Remote>();
  readonly #strange = new Set<string>();
  #prepared: Promise<void> | undefined;

  constructor(options: GitOptions) {
    const { folder, http, credentials, environment = {} } = options;
    this.#options = options;
    this.#smart = { http, ...(credentials && { credentials }) };
    this.#cli = gitIn(folder, environment);
    this.#commits = new CommitCache(this.#cli, folder);
  }

  async heads(repository: Repository): Promise<Record<string, string>> {
    const place = gitPlace(repository.git, this.#options.rules);
    const patterns = branchPatterns(repository.branches);
    const refs = place.kind === 'local' ? await this.#localRefs(place.path) : await this.#remoteRefs(place.url, patterns.refPrefixes);
    const branches: [string, string][] = [];
    for (const [ref, sha] of refs) {
      const branch = ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : '';
      if (branch === '' || !patterns.matches(branch)) continue;
      if (isBranchName(branch)) branches.push([branch, sha]);
      else this.#warnOf(repository, branch);
    }
    return Object.fromEntries(branches);
  }

  async commit(repository: Repository, branch: string, sha: string): Promise<Commit> {
    if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) throw new Error(`${JSON.stringify(sha.slice(0, 80))} is no commit`);
    if (!isBranchName(branch)) throw new Error(`${JSON.stringify(branch.slice(0, 80))} is no branch`);
    const place = gitPlace(repository.git, this.#options.rules);
    await this.#prepare();
    return await this.#commits.commit(await this.#source(place), branch, sha);
  }

  async #source(place: GitPlace): Promise<Source> {
    if (place.kind === 'local') return { address: pathToFileURL(place.path).href, protocols: 'file' };
    const { base } = this.#remotes.get(place.url.href) ?? (await this.#discover(place.url));
    const { credentials } = this.#smart;
    const protocols = base.protocol === 'https:' ? 'https' : 'http';
    if (!credentials) return { address: base.href, protocols };
    const login = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
    return { address: base.href, protocols, secretConfig: { [`http.${base.href}.extraHeader`]: `Authorization: Basic ${login}` } };
  }

  async #remoteRefs(url: URL, prefixes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const known = this.#remotes.get(url.href);
    if (!known) return await listRefs(this.#smart, await this.#discover(url), prefixes);
    try {
      return await listRefs(this.#smart, known, prefixes);
    } catch (error) {
      if (error instanceof HttpError && error.retry) throw error;
      // The repository may have moved, or the server may speak another version since.
      this.#remotes.delete(url.href);
      return await listRefs(this.#smart, await this.#discover(url), prefixes);
    }
  }

  /** What an older server says holds its refs, and so is not kept. */
  async #discover(url: URL): Promise<Remote> {
    const remote = await discover(this.#smart, url);
    if (remote.advertisement.version === 2) this.#remotes.set(url.href, remote);
    return remote;
  }

  async #localRefs(path: string): Promise<ReadonlyMap<string, string>> {
    await this.#prepare();
    return await localRefs(this.#cli, path);
  }

  /** The configuration of this version first; later only where it is gone. */
  async #prepare(): Promise<void> {
    this.#prepared ??= prepareHome(this.#cli);
    await this.#prepared.catch(() => undefined);
    await keepHome(this.#cli);
  }

  /** Once per name: a poll comes twice a minute. */
  #warnOf(repository: Repository, branch: string): void {
    const shown = JSON.stringify(branch.slice(0, 80));
    if (this.#strange.size > 1_000 || this.#strange.has(repository.name + shown)) return;
    this.#strange.add(repository.name + shown);
    this.#options.log.warn(`A branch of ${repository.name} is not watched, because git itself would not allow its name: ${shown}`);
  }
}
