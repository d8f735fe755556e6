import type { Repository } from '../../core/config.ts';
import { messageOf } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import type { Commit } from '../../core/run.ts';

/** The little of git that doctor looks at. */
export interface Heads {
  heads(repository: Repository): Promise<Record<string, string>>;
  commit(repository: Repository, branch: string, sha: string): Promise<Commit>;
}

/** Whether the bot can read each repository, and whether it has a branch to watch. */
export async function gitFindings(git: Heads, repositories: readonly Repository[]): Promise<Finding[]> {
  const found = await Promise.all(
    repositories.map(async (repository) => [await pollFinding(git, repository), ...cloneFinding(repository)]),
  );
  return found.flat();
}

async function pollFinding(git: Heads, repository: Repository): Promise<Finding> {
  const about = `Git: ${repository.name}`;
  try {
    const heads = Object.entries(await git.heads(repository));
    if (heads.length === 0) {
      const evidence = `${repository.git} answers, and no branch matches ${repository.branches.join(', ')}`;
      return { about, state: 'warning', evidence, next: 'Push such a branch, or change `branches`.' };
    }
    // As a run does: the git program has proxies, authorities and a login of its own.
    const [[branch, sha] = ['', '']] = heads;
    await git.commit(repository, branch, sha);
    const first = heads.slice(0, 5).map(([branch, sha]) => `${branch} at ${sha.slice(0, 7)}`);
    const more = heads.length > first.length ? ` and ${heads.length - first.length} more` : '';
    return { about, state: 'ok', evidence: `${repository.git}: ${first.join(', ')}${more}` };
  } catch (error) {
    const next = `Try \`git ls-remote ${repository.git}\` from the same place; proxies come from HTTPS_PROXY, authorities from NODE_EXTRA_CA_CERTS, user and password from GIT_USERNAME and GIT_PASSWORD.`;
    return { about, state: 'failed', evidence: messageOf(error), next };
  }
}

function cloneFinding({ name, git, clone }: Repository): Finding[] {
  if (clone === git) return [];
  const next = `From a pod: git ls-remote ${clone}`;
  return [{ about: `Git: ${name}, as pods say it`, state: 'unknown', evidence: `${clone}: only a pod can prove it`, next }];
}
