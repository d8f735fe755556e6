import { z } from 'zod';
import { type GitAddress, gitAddress } from '../core/git/git-address.ts';
import { hostOf, loginFor } from '../core/git/git-login.ts';
import type { RuleIssue } from './document.ts';

const text = z.string().optional().catch(undefined);
const login = z.looseObject({
  host: z.string().catch(''),
  repository: text,
  kind: z.enum(['password', 'github-app', 'ssh-key']).catch('password'),
  secret: text,
  knownHosts: z.array(z.unknown()).optional().catch(undefined),
});
const view = z
  .object({
    git: z.object({ logins: z.array(login).catch([]) }).catch({ logins: [] }),
    repositories: z.array(z.object({ git: text, clone: text }).catch({ git: undefined, clone: undefined })).catch([]),
  })
  .catch({ git: { logins: [] }, repositories: [] });

type Login = z.output<typeof login>;

/** Checks that git logins have what their kind needs, that there are no duplicates, and that every ssh address has a login. */
export function gitLoginFindings(value: unknown): RuleIssue[] {
  const { git, repositories } = view.parse(value);
  const each = git.logins.flatMap((one, index) => [...ofKind(one, index), ...twice(git.logins, index)]);
  const addresses = repositories.flatMap(({ git: url, clone }, index) => {
    const written = [['git', url] as const, ['clone', clone] as const];
    return written.flatMap(([key, address]) => {
      const at = address === undefined ? undefined : gitAddress(address);
      if (address === undefined || at?.scheme !== 'ssh' || loginFor(address, git.logins)) return [];
      return [[['repositories', index, key], keyless(at)] satisfies RuleIssue];
    });
  });
  return [...each, ...addresses];
}

function keyless(at: GitAddress): string {
  return `is read over ssh, which needs a key: add to git.logins {host: "${hostOf(at)}", kind: ssh-key, secret: NAME, knownHosts: […]} and set GIT_NAME_SSH_KEY`;
}

function ofKind({ kind, secret, knownHosts }: Login, index: number): RuleIssue[] {
  const at = ['git', 'logins', index];
  if (kind === 'ssh-key') {
    const lacks: RuleIssue[] =
      secret === undefined ? [[[...at, 'secret'], 'is missing; it is the NAME in GIT_NAME_SSH_KEY, the variable that holds the key']] : [];
    const keys = knownHosts?.length
      ? []
      : [[[...at, 'knownHosts'], 'is missing; give the public keys of the host, as `ssh-keyscan` prints them'] satisfies RuleIssue];
    return [...lacks, ...keys];
  }
  const more: RuleIssue[] =
    knownHosts === undefined ? [] : [[[...at, 'knownHosts'], `has no effect for ${kind}; remove it, or write \`kind: ssh-key\``]];
  if (kind === 'github-app' && secret !== undefined)
    more.push([[...at, 'secret'], 'has no effect: the GitHub App has its own variables (GITHUB_APP_ID); remove it']);
  return more;
}

function twice(logins: readonly Login[], index: number): RuleIssue[] {
  const keyOf = ({ host, repository, kind }: Login) => {
    const isSsh = kind === 'ssh-key';
    return JSON.stringify([host.toLowerCase().replace(isSsh ? /:22$/ : /:443$/, ''), repository?.replace(/\.git$/, ''), isSsh]);
  };
  const mine = logins[index];
  const first = logins.findIndex((one) => mine !== undefined && keyOf(one) === keyOf(mine));
  return first < index ? [[['git', 'logins', index], `is for the same host and repository as git.logins[${first}]; keep one`]] : [];
}
