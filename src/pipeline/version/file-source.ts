import type { Repository } from '../../core/config.ts';
import { messageOf, UserError } from '../../core/errors.ts';
import { noGithubLogin } from '../../core/git/github-login.ts';
import type { FileChange, WrittenChange } from '../../core/version/file-change.ts';

/** Files and tags of watched repositories. */
export interface Files {
  /** The text of a file at a commit. @throws UserError if there is none */
  file(repository: Repository, branch: string, sha: string, path: string): Promise<string>;
  /** Tag → commit. */
  tags(repository: Repository): Promise<Readonly<Record<string, string>>>;
  /** Writes a change as configured by the repository's `version.write`. @throws UserError if the branch has moved or may not be written */
  write(repository: Repository, change: FileChange): Promise<WrittenChange>;
}

/** What files need from git. */
export interface GitFiles extends Pick<Files, 'file' | 'tags'> {
  pushFile(repository: Repository, change: FileChange): Promise<string>;
}

/** What files need from GitHub. */
export interface GithubFiles {
  read(github: string, sha: string, path: string): Promise<string>;
  commit(github: string, change: FileChange): Promise<{ sha: string; parent?: string; url: string }>;
  propose(github: string, change: FileChange): Promise<{ number: number; url: string }>;
}

/** Uses GitHub if the repository is there and a token is configured, else (and for reads that fail on GitHub) git itself. */
export function fileSource(git: GitFiles, github: GithubFiles | undefined, log: (message: string) => void): Files {
  return {
    tags: (repository) => git.tags(repository),
    async file(repository, branch, sha, path) {
      if (!github || !repository.github) return git.file(repository, branch, sha, path);
      try {
        return await github.read(repository.github, sha, path);
      } catch (error) {
        log(`GitHub does not return ${path} of ${repository.github}@${sha.slice(0, 7)} (${messageOf(error)}); falling back to git`);
        return git.file(repository, branch, sha, path);
      }
    },
    async write(repository, change) {
      const there = repository.github;
      if (repository.version?.write === 'pull-request') {
        if (!there)
          throw new UserError(
            `A pull request for ${repository.name} needs \`github: owner/name\` for this repository in the configuration.`,
          );
        if (!github) throw new UserError(`A pull request for ${repository.name} cannot be created: ${noGithubLogin}.`);
        return { kind: 'pull-request', ...(await github.propose(there, change)) };
      }
      if (github && there) return { kind: 'commit', ...(await github.commit(there, change)) };
      // The push requires that the branch is still at the parent.
      return { kind: 'commit', sha: await git.pushFile(repository, change), parent: change.parent };
    },
  };
}
