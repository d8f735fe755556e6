import type { Commit } from '../../core/run/run.ts';
import { statusDescription } from '../../core/text/fields.ts';
import { plainLine } from '../../core/text/plain-line.ts';
import { direct } from '../http/http-client.ts';
import type { GithubApi } from './api.ts';
import type { AssetOptions } from './asset-uploads.ts';
import { filesBy, type RepositoryFiles } from './files.ts';
import { type GithubRequest, withGithubErrors } from './github-error.ts';
import { type OctokitOptions, octokitFor } from './octokit.ts';
import { repositoryOf } from './place.ts';
import { type Releases, releasesBy } from './releases.ts';
import { fileRemedies, releaseRemedies, statusRemedies } from './remedies.ts';
import { writeOnce } from './write-once.ts';

export interface CommitStatus {
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  /** Identifies the status; a commit has one status per name. */
  readonly context: string;
  /** Any text: it is shortened to fit. */
  readonly description: string;
}

export interface RepositoryAccess {
  /** owner/name as GitHub spells it; differs from the requested one if the repository was renamed. */
  readonly name: string;
  readonly private: boolean;
  /** Based on the permissions of the token's owner, which a fine-grained token can restrict. */
  readonly canPush: boolean;
  /** Scopes of a classic token; undefined for a fine-grained one, whose permissions GitHub does not report. */
  readonly scopes?: readonly string[];
  readonly requestsLeft?: number;
}

/** All methods throw UserError if the user can fix it, GithubError otherwise. `github` is owner/name. */
export interface GithubClient {
  commit(github: string, sha: string): Promise<Commit>;
  /** Idempotent: a status that is already set is not set again. */
  setStatus(github: string, sha: string, status: CommitStatus): Promise<void>;
  /** What the token may do, for `coxswain doctor`. */
  check(github: string): Promise<RepositoryAccess>;
  readonly releases: Releases;
  readonly files: RepositoryFiles;
}

/** `stallMs`: 60 s by default. */
export type GithubOptions = OctokitOptions & Partial<Omit<AssetOptions, 'fetch' | 'api'>>;

export function githubClient(options: GithubOptions): GithubClient {
  const octokit = octokitFor(options);
  const api = new URL(options.baseUrl ?? 'https://api.github.com');
  const { host } = api;
  const who = 'app' in options ? 'the GitHub App' : 'GITHUB_TOKEN';
  const { stallMs = 60_000, timer, web = direct, retryMs = 1_000 } = options;
  const releases = releasesBy(octokit, withGithubErrors(host, releaseRemedies(who)), {
    stallMs,
    api,
    fetch: web.fetch,
    ...(timer && { timer }),
  });
  const files = filesBy(octokit, withGithubErrors(host, fileRemedies(who)), { retryMs });
  return new OctokitGithub(octokit, withGithubErrors(host, statusRemedies(who)), { releases, files, retryMs });
}

class OctokitGithub implements GithubClient {
  readonly releases: Releases;
  readonly files: RepositoryFiles;
  readonly #octokit: GithubApi;
  readonly #ask: GithubRequest;
  readonly #retryMs: number;

  constructor(
    octokit: GithubApi,
    ask: GithubRequest,
    { releases, files, retryMs }: Pick<GithubClient, 'releases' | 'files'> & { readonly retryMs: number },
  ) {
    this.#octokit = octokit;
    this.#ask = ask;
    this.releases = releases;
    this.files = files;
    this.#retryMs = retryMs;
  }

  async commit(github: string, sha: string): Promise<Commit> {
    const at = repositoryOf(github);
    const { data } = await this.#ask(`the commit ${sha.slice(0, 7)} of ${github}`, () =>
      // From the git database API: the other call also returns the whole diff.
      this.#octokit.rest.git.getCommit({ ...at, commit_sha: sha }),
    );
    const { author, message, html_url: url } = data;
    return {
      sha,
      subject: plainLine(message.split('\n', 1)[0] ?? ''),
      author: { name: plainLine(author.name), email: plainLine(author.email) },
      date: author.date,
      url,
    };
  }

  async setStatus(github: string, sha: string, status: CommitStatus): Promise<void> {
    const { state, context } = status;
    const description = statusDescription(status.description);
    const at = repositoryOf(github);
    const isSet = async () => {
      const { data } = await this.#octokit.rest.repos.getCombinedStatusForRef({ ...at, ref: sha, per_page: 100 });
      const now = data.statuses.find((each) => each.context === context);
      return now?.state === state && now.description === description ? now : undefined;
    };
    const set = async () => (await this.#octokit.rest.repos.createCommitStatus({ ...at, sha, state, context, description })).data;
    await this.#ask(`the status of ${sha.slice(0, 7)} in ${github}`, async () => {
      if (!(await isSet())) await writeOnce<object>(set, isSet, this.#retryMs);
    });
  }

  async check(github: string): Promise<RepositoryAccess> {
    const at = repositoryOf(github);
    const { data, headers } = await this.#ask(`the repository ${github}`, () => this.#octokit.rest.repos.get(at));
    const scopes = headers['x-oauth-scopes'];
    const left = headers['x-ratelimit-remaining'];
    return {
      name: data.full_name,
      private: data.private,
      canPush: data.permissions?.push ?? false,
      ...(typeof scopes === 'string' && scopes !== '' && { scopes: scopes.split(/,\s*/) }),
      ...(left !== undefined && { requestsLeft: Number(left) }),
    };
  }
}
