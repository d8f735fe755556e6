import type { RepositoryAccess } from '../../clients/github/github-client.ts';
import type { Repository } from '../../core/config.ts';
import { messageOf } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { githubVariables, noGithubLogin } from '../../core/git/github-login.ts';

/** The part of GitHub that doctor checks; `who`: the credential used for the requests. */
export interface GithubAccess {
  readonly who: 'GITHUB_TOKEN' | 'the GitHub App';
  check(github: string): Promise<RepositoryAccess>;
}

/** Whether the bot may set statuses and create releases, for each repository that is on GitHub. */
export async function githubFindings(github: GithubAccess | undefined, repositories: readonly Repository[]): Promise<Finding[]> {
  const found = await Promise.all(
    repositories.map(async (repository) => (repository.github === undefined ? [] : [await finding(github, repository, repository.github)])),
  );
  return found.flat();
}

async function finding(github: GithubAccess | undefined, { name, release }: Repository, place: string): Promise<Finding> {
  const about = `GitHub: ${name}`;
  if (!github) {
    const lost = release?.github ? 'no statuses are set, and no GitHub releases are created' : 'no statuses are set';
    return { about, state: 'warning', evidence: `${noGithubLogin}: ${lost}`, next: `Set ${githubVariables}.` };
  }
  try {
    return judged(about, place, github.who, await github.check(place));
  } catch (error) {
    const next = 'Fix this, or change `github:` of this repository.';
    return { about, state: 'failed', evidence: messageOf(error), next };
  }
}

function judged(about: string, place: string, who: GithubAccess['who'], access: RepositoryAccess): Finding {
  const scopes = access.scopes ? [`scopes ${access.scopes.join(', ')}`] : [];
  const left = access.requestsLeft === undefined ? [] : [`${access.requestsLeft} requests left this hour`];
  const reads = `${who} reads ${access.name}${access.private ? ', which is private' : ''}`;
  const seen = (push: string) => [reads, push, ...scopes, ...left].join('; ');
  if (access.name.toLowerCase() !== place.toLowerCase()) {
    const next = `Write \`github: ${access.name}\`: requests to the old name are not always redirected.`;
    return { about, state: 'warning', evidence: `${place} has been renamed to ${access.name}`, next };
  }
  if (access.canPush) return { about, state: 'ok', evidence: seen('may push') };
  if (who === 'the GitHub App') {
    const next =
      'Check the permissions of its installation: "Contents: write" and "Commit statuses: write"; for bumps also "Pull requests: write".';
    return { about, state: 'unknown', evidence: seen('GitHub does not tell here whether it may push'), next };
  }
  const next = 'Give the owner of the token write access to this repository, or create another token: statuses and releases need it.';
  return { about, state: 'failed', evidence: seen('may not push'), next };
}
