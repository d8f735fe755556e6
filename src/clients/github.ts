import type { Octokit } from '@octokit/rest';
import { UserError } from '../core/errors.ts';
import { plainLine } from '../core/plain-line.ts';
import type { Commit } from '../core/run.ts';
import { githubError } from './github/github-error.ts';
import { type OctokitOptions, octokitFor } from './github/octokit.ts';

export interface CommitStatus {
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  /** Names the status; a commit has one of each name. */
  readonly context: string;
  /** GitHub keeps 140 characters. */
  readonly description: string;
  readonly targetUrl?: string;
}

export interface RepositoryAccess {
  /** owner/name as GitHub writes it; another one than asked for where the repository was renamed. */
  readonly name: string;
  readonly private: boolean;
  /** The rights of the token's owner, which a fine-grained token can lessen. */
  readonly canPush: boolean;
  /** Of a classic token; undefined for a fine-grained one, of which GitHub does not say them. */
  readonly scopes?: readonly string[];
  readonly requestsLeft?: number;
}

/** All throw UserError where the person can mend it, GithubError otherwise. `github` is owner/name. */
export interface Github {
  commit(github: string, sha: string): Promise<Commit>;
  /** Safe to repeat: a status that stands already is not set again. */
  setStatus(github: string, sha: string, status: CommitStatus): Promise<void>;
  /** What the token may do, for the doctor. */
  check(github: string): Promise<RepositoryAccess>;
}

export function githubClient(options: OctokitOptions): Github {
  return new OctokitGithub(octokitFor(options), new URL(options.baseUrl ?? 'https://api.github.com').host);
}

class OctokitGithub implements Github {
  readonly #octokit: Octokit;
  readonly #host: string;

  constructor(octokit: Octokit, host: string) {
    this.#octokit = octokit;
    this.#host = host;
  }

  async commit(github: string, sha: string): Promise<Commit> {
    const at = placeOf(github);
    const { data } = await this.#asked(`the commit ${sha.slice(0, 7)} of ${github}`, () =>
      // Of the git database: the other call brings the whole difference too.
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
    const { state, context, targetUrl } = status;
    const description = cut(status.description, 140);
    const at = { ...placeOf(github), sha };
    await this.#asked(`the status of ${sha.slice(0, 7)} in ${github}`, async () => {
      const { data } = await this.#octokit.rest.repos.getCombinedStatusForRef({ ...at, ref: sha, per_page: 100 });
      const now = data.statuses.find((each) => each.context === context);
      if (now?.state === state && now.description === description && (now.target_url ?? undefined) === targetUrl) return;
      await this.#octokit.rest.repos.createCommitStatus({
        ...at,
        state,
        context,
        description,
        ...(targetUrl && { target_url: targetUrl }),
      });
    });
  }

  async check(github: string): Promise<RepositoryAccess> {
    const at = placeOf(github);
    const { data, headers } = await this.#asked(`the repository ${github}`, () => this.#octokit.rest.repos.get(at));
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

  async #asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw githubError(this.#host, what, error);
    }
  }
}

function placeOf(github: string): { owner: string; repo: string } {
  const found = /^(?<owner>[\w.-]+)\/(?<repo>[\w.-]+)$/.exec(github)?.groups;
  if (!found?.owner || !found.repo || /^\.+$/.test(found.owner) || /^\.+$/.test(found.repo))
    throw new UserError(`${JSON.stringify(github)} is no repository on GitHub: write owner/name.`);
  return { owner: found.owner, repo: found.repo };
}

function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
}
