import type { GitRules, Proxies, Repository } from '../../core/config.ts';
import { UserError } from '../../core/errors.ts';
import { branchPatterns, isBranchName } from '../../core/git/branch-patterns.ts';
import { missingLogin } from '../../core/git/git-login.ts';
import type { Commit } from '../../core/run/run.ts';
import { inQuotes } from '../../core/text/quoted.ts';
import type { FileChange } from '../../core/version/file-change.ts';
import type { Http } from '../http/http-client.ts';
import type { Log } from '../log/log.ts';
import { gitPlace } from './check-git-url.ts';
import { CommitCache } from './commit-cache.ts';
import { Commits } from './commits.ts';
import { GitLogins } from './logins/logins.ts';
import type { GitCli } from './program/git-cli.ts';
import { gitIn, keepHome, prepareHome } from './program/git-home.ts';
import { programRefs } from './program/program-refs.ts';
import { type WorkCopy, withCommit } from './program/work-copy.ts';
import { Remotes } from './remotes.ts';
import { pushFileFrom, readFileIn } from './repository-file.ts';

export interface GitClient {
  /**
   * Branch → commit of all branches that match the patterns of the repository. Requests only refs, never objects.
   * @throws UserError if the user can fix it, HttpError or GitError otherwise
   */
  heads(repository: Repository): Promise<Record<string, string>>;
  /**
   * Author, date and subject of one commit, fetched alone and without its files. Idempotent.
   * @throws UserError if the user can fix it, HttpError or GitError otherwise
   */
  commit(repository: Repository, branch: string, sha: string): Promise<Commit>;
  /**
   * Whether the git program, which reads files and pushes, reaches the repository too: it has its own proxies, authorities and login.
   * @throws UserError if the user can fix it, HttpError or GitError otherwise
   */
  tryProgram(repository: Repository): Promise<void>;
  /** Tag → the commit that it points to, of all tags. Requests only refs. */
  tags(repository: Repository): Promise<Record<string, string>>;
  /**
   * The text of a file at a commit, at most 1 MiB.
   * @throws UserError if it does not exist or the user can fix it, HttpError or GitError otherwise
   */
  file(repository: Repository, branch: string, sha: string, path: string): Promise<string>;
  /**
   * Commits a file and pushes it, if the branch is still at the parent. Returns the new commit.
   * @throws UserError if the branch has moved or the user can fix it, HttpError or GitError otherwise
   */
  pushFile(repository: Repository, change: FileChange): Promise<string>;
}

export interface GitOptions {
  /** What git keeps between calls; a cache that may be deleted at any time. */
  readonly folder: string;
  readonly rules: GitRules;
  /** The logins by address; none by default. */
  readonly logins?: GitLogins;
  readonly http: Http;
  readonly log: Log;
  /** Additional environment variables of the git program: PATH, GIT_SSL_CAINFO. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Certificates (PEM) that the git program trusts instead of the system's. */
  readonly authorities?: string;
  /** The proxies of the git program; `http` has its own. */
  readonly proxies?: Proxies;
}

export function gitClient(options: GitOptions): GitClient {
  return new GitRepositories(options);
}

class GitRepositories implements GitClient {
  readonly #options: GitOptions;
  readonly #remotes: Remotes;
  readonly #logins: GitLogins;
  readonly #cli: GitCli;
  readonly #commits: Commits;
  readonly #strange = new Set<string>();
  #prepared: Promise<void> | undefined;

  constructor(options: GitOptions) {
    const { folder, http, logins = new GitLogins(), environment = {}, authorities, proxies = { no: [] } } = options;
    this.#options = options;
    this.#remotes = new Remotes({ http, logins, proxies });
    this.#logins = logins;
    this.#cli = gitIn(folder, environment, authorities);
    this.#commits = new Commits(this.#remotes, new CommitCache(this.#cli, folder));
  }

  async heads(repository: Repository): Promise<Record<string, string>> {
    const patterns = branchPatterns(repository.branches);
    const refs = await this.#refs(repository, patterns.refPrefixes);
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
    checkNames(branch, sha);
    const place = gitPlace(repository.git, this.#options.rules);
    await this.#prepare();
    return await this.#commits.commit(place, branch, sha);
  }

  async tryProgram(repository: Repository): Promise<void> {
    const place = gitPlace(repository.git, this.#options.rules);
    await this.#prepare();
    await this.#remotes.use(place, (source) => programRefs(this.#cli, source));
  }

  async tags(repository: Repository): Promise<Record<string, string>> {
    const refs = await this.#refs(repository, ['refs/tags/']);
    const tags = [...refs].flatMap(([ref, sha]) => (ref.startsWith('refs/tags/') ? [[ref.slice('refs/tags/'.length), sha]] : []));
    return Object.fromEntries(tags);
  }

  async file(repository: Repository, branch: string, sha: string, path: string): Promise<string> {
    return await this.#with(repository, sha, branch, (copy) => readFileIn(copy, path, branch));
  }

  async pushFile(repository: Repository, change: FileChange): Promise<string> {
    if (gitPlace(repository.git, this.#options.rules).kind === 'http' && !this.#logins.has(repository.git)) {
      throw new UserError(`Pushing to ${repository.name} needs a login: ${missingLogin(repository.git)}.`);
    }
    const from = this.#logins.named(repository.git) ?? 'no login';
    return await this.#with(repository, change.parent, change.branch, (copy) => pushFileFrom(copy, change, from));
  }

  async #refs(repository: Repository, prefixes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const place = gitPlace(repository.git, this.#options.rules);
    if (place.kind === 'http') return await this.#remotes.refs(place.url, prefixes);
    await this.#prepare();
    return await this.#remotes.use(place, (source) => programRefs(this.#cli, source));
  }

  /** Fetches the commit and passes a working copy to `use`; the branch and SHA are validated first. */
  async #with<T>(repository: Repository, sha: string, branch: string, use: (copy: WorkCopy) => Promise<T>): Promise<T> {
    checkNames(branch, sha);
    const place = gitPlace(repository.git, this.#options.rules);
    await this.#prepare();
    return await this.#remotes.use(place, (source) => withCommit(this.#cli, { source, branch, sha }, use));
  }

  /** Writes the configuration of this version once; later only if it is missing. */
  async #prepare(): Promise<void> {
    this.#prepared ??= prepareHome(this.#cli);
    await this.#prepared.catch(() => undefined);
    await keepHome(this.#cli);
  }

  /** Warns once per name, because polls happen twice a minute. */
  #warnOf(repository: Repository, branch: string): void {
    const shown = inQuotes(branch);
    if (this.#strange.size > 1_000 || this.#strange.has(repository.name + shown)) return;
    this.#strange.add(repository.name + shown);
    this.#options.log.warn(`A branch of ${repository.name} is not watched, because git itself would not allow its name: ${shown}`);
  }
}

function checkNames(branch: string, sha: string): void {
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) throw new Error(`${inQuotes(sha)} is not a commit`);
  if (!isBranchName(branch)) throw new Error(`${inQuotes(branch)} is not a branch`);
}
