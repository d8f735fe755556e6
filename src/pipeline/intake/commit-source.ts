import type { Repository } from '../../core/config.ts';
import { messageOf } from '../../core/errors.ts';
import type { Commit } from '../../core/run/run.ts';
import type { Git } from './requests.ts';

/** What reading commits needs from GitHub. */
export interface GitHubCommits {
  commit(github: string, sha: string): Promise<Commit>;
}

/** Reads commits from GitHub if the repository is there and a token is configured, else (and if GitHub fails) with git itself. */
export function commitSource(git: Git, github: GitHubCommits | undefined, log: (message: string) => void): Git {
  return {
    heads: (repository) => git.heads(repository),
    async commit(repository: Repository, branch: string, sha: string): Promise<Commit> {
      if (!github || !repository.github) return git.commit(repository, branch, sha);
      try {
        return await github.commit(repository.github, sha);
      } catch (error) {
        log(`GitHub does not return ${repository.github}@${sha.slice(0, 7)} (${messageOf(error)}); falling back to git`);
        return git.commit(repository, branch, sha);
      }
    },
  };
}
