import type { Repository, Secrets } from '../../core/config.ts';
import { messageOf } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { githubVariables } from '../../core/github-login.ts';
import type { VersionReport } from '../../core/version-report.ts';

/** The little of the pipeline that doctor asks. */
export interface Versions {
  ask(wish: { repository: string; by: string }): Promise<VersionReport>;
}

/** Whether the version of each repository that configures one can be read, and whether there is what writing one takes. */
export async function versionFindings(
  versions: Versions,
  repositories: readonly Repository[],
  secrets: Partial<Secrets>,
): Promise<Finding[]> {
  const found = await Promise.all(
    repositories.flatMap((repository) =>
      repository.version ? [readFinding(versions, repository), writeFinding(repository, secrets)] : [],
    ),
  );
  return found.flat();
}

async function readFinding(versions: Versions, { name }: Repository): Promise<Finding[]> {
  const about = `Version: ${name}`;
  try {
    const { version, branch, path } = await versions.ask({ repository: name, by: 'doctor' });
    return [{ about, state: 'ok', evidence: `${version}${path ? ` in ${path}` : ', the newest tag,'} on ${branch}` }];
  } catch (error) {
    return [{ about, state: 'warning', evidence: messageOf(error), next: 'Mend that, or change `version` of this repository.' }];
  }
}

async function writeFinding({ name, git, github, version }: Repository, secrets: Partial<Secrets>): Promise<Finding[]> {
  const byGithub = github !== undefined && (secrets.githubToken ?? secrets.githubAppKey) !== undefined;
  const byPush = version?.write === 'commit' && (secrets.gitPassword !== undefined || !/^https?:/.test(git));
  if (version?.write === 'none' || byGithub || byPush) return [];
  const login = version?.write === 'commit' ? `${githubVariables} (with \`github\`), or GIT_USERNAME and GIT_PASSWORD` : githubVariables;
  const evidence = `version.write is ${version?.write}, and there is no login to write with`;
  return [{ about: `Version: ${name}, writing`, state: 'warning', evidence, next: `Set ${login}.` }];
}
