import type { Repository } from '../../core/config.ts';
import { messageOf } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import type { Commit } from '../../core/run/run.ts';

/** The part of git that doctor checks. */
export interface HeadsAccess {
  heads(repository: Repository): Promise<Record<string, string>>;
  commit(repository: Repository, branch: string, sha: string): Promise<Commit>;
  /** Whether the git program reaches it too: it has its own proxies, authorities and login. */
  tryProgram(repository: Repository): Promise<void>;
}

/** The login used for an address, in words; undefined for a folder. */
type LoginName = (address: string) => string | undefined;

/** Whether the bot can read each repository, and whether it has a branch to watch. */
export async function gitFindings(git: HeadsAccess, repositories: readonly Repository[], login: LoginName): Promise<Finding[]> {
  const found = await Promise.all(
    repositories.map(async (repository) => [
      await pollFinding(git, repository, login(repository.git)),
      ...cloneFinding(repository, login(repository.clone)),
    ]),
  );
  return found.flat();
}

async function pollFinding(git: HeadsAccess, repository: Repository, login: string | undefined): Promise<Finding> {
  const about = `Git: ${repository.name}`;
  try {
    const heads = Object.entries(await git.heads(repository));
    if (heads.length === 0) return { about, ...(await nothingToWatch(git, repository)) };
    const [[branch, sha] = ['', '']] = heads;
    const { problem } = await git.commit(repository, branch, sha);
    if (problem !== undefined)
      return { about, state: 'warning', evidence: `${branch} at ${sha.slice(0, 7)}: ${problem}`, next: 'Runs start all the same.' };
    await git.tryProgram(repository);
    const first = heads.slice(0, 5).map(([branch, sha]) => `${branch} at ${sha.slice(0, 7)}`);
    const more = heads.length > first.length ? ` and ${heads.length - first.length} more` : '';
    return { about, state: 'ok', evidence: `${repository.git}${by(login)}: ${first.join(', ')}${more}` };
  } catch (error) {
    const next = `Try \`git ls-remote ${repository.git}\` from the same place; the proxy comes from HTTPS_PROXY, certificate authorities from NODE_EXTRA_CA_CERTS, the login from git.logins (currently ${login ?? 'none'}).`;
    return { about, state: 'failed', evidence: messageOf(error), next };
  }
}

/** Whether there are no branches at all, or only others. */
async function nothingToWatch(git: HeadsAccess, repository: Repository): Promise<Omit<Finding, 'about'>> {
  const { git: address, branches } = repository;
  if (Object.keys(await git.heads({ ...repository, branches: ['**'] })).length > 0) {
    const evidence = `${address} answers, but no branch matches ${branches.join(', ')}`;
    return { state: 'warning', evidence, next: 'Push such a branch, or change `branches`.' };
  }
  const next = 'If it is new, push a branch. If it had some, look on the server whether it was emptied or its storage is missing.';
  return { state: 'failed', evidence: `${address} answers that it has no branches at all`, next };
}

function cloneFinding({ name, git, clone }: Repository, login: string | undefined): Finding[] {
  if (clone === git) return [];
  const next = `From a pod: git ls-remote ${clone}`;
  return [
    {
      about: `Git: ${name}, address used by pods`,
      state: 'unknown',
      evidence: `${clone}${by(login)}: can only be verified from a pod`,
      next,
    },
  ];
}

function by(login: string | undefined): string {
  return login ? ` with ${login}` : '';
}
