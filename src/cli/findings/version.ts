import type { Repository, Secrets } from '../../core/config.ts';
import { messageOf } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { gitAddress } from '../../core/git/git-address.ts';
import { githubVariables } from '../../core/git/github-login.ts';
import type { VersionReport } from '../../core/version/version-report.ts';

/** The part of the pipeline that doctor needs. */
export interface VersionAccess {
  ask(wish: { repository: string; by: string }): Promise<VersionReport>;
}

/** The logins with which a bump could be written. */
interface WriteLogins {
  readonly secrets: Partial<Secrets>;
  canPush(address: string): boolean;
}

/** Whether each configured version can be read, and whether there is a login for writing it. */
export async function versionFindings(
  versions: VersionAccess,
  repositories: readonly Repository[],
  logins: WriteLogins,
): Promise<Finding[]> {
  const found = await Promise.all(
    repositories.flatMap((repository) => (repository.version ? [readFinding(versions, repository), writeFinding(repository, logins)] : [])),
  );
  return found.flat();
}

async function readFinding(versions: VersionAccess, { name }: Repository): Promise<Finding[]> {
  const about = `Version: ${name}`;
  try {
    const { version, branch, path } = await versions.ask({ repository: name, by: 'doctor' });
    return [{ about, state: 'ok', evidence: `${version}${path ? ` in ${path}` : ', the newest tag,'} on ${branch}` }];
  } catch (error) {
    return [{ about, state: 'warning', evidence: messageOf(error), next: 'Fix this, or change `version` of this repository.' }];
  }
}

async function writeFinding({ name, git, github, version }: Repository, { secrets, canPush }: WriteLogins): Promise<Finding[]> {
  const byGithub = github !== undefined && (secrets.githubToken ?? secrets.githubAppKey) !== undefined;
  const byPush = version?.write === 'commit' && (canPush(git) || gitAddress(git) === undefined);
  if (version?.write === 'none' || byGithub || byPush) return [];
  const login =
    version?.write === 'commit' ? `${githubVariables} (with \`github\`), or a login for the host in git.logins` : githubVariables;
  const evidence = `version.write is ${version?.write}, but there is no login to write with`;
  return [{ about: `Version: ${name}, writing`, state: 'warning', evidence, next: `Set ${login}.` }];
}
