import type { Config, GitLogin, GitLoginRule } from '../core/config.ts';
import type { Environment } from '../core/environment.ts';
import { gitAddress } from '../core/git/git-address.ts';
import { hostOf, loginFor } from '../core/git/git-login.ts';
import { ConfigError, type ConfigIssue } from './config-error.ts';
import { readSecret, type Settings } from './environment.ts';
import { keyIssue, wholeKey } from './ssh-key.ts';

type Read = (path: string) => string;
/** What determines the logins. */
type Written = Pick<Config, 'git' | 'repositories'>;

const file = 'environment';

/**
 * The git logins with their secrets: those of `git.logins`, and GIT_USERNAME and GIT_PASSWORD for the single host of the repositories
 * that none of those covers.
 * @throws ConfigError with every issue; it contains no secret
 */
export function readGitLogins(env: Environment, { git, repositories }: Written, settings: Partial<Settings>, readFile: Read): GitLogin[] {
  const issues: ConfigIssue[] = [];
  const rules = git.logins ?? [];
  const logins = rules.flatMap((rule) => withSecret(rule, env, readFile, issues));
  for (const rule of rules) if (rule.kind === 'github-app') issues.push(...appMistakes(rule, settings));
  if (!rules.some(({ kind, secret }) => kind === 'password' && secret === undefined)) {
    const usual = withSecret({ host: '', kind: 'password' }, env, readFile, [], true);
    const hosts = usual.length > 0 ? hostsWithout({ git, repositories }) : [];
    if (hosts.length > 1) issues.push({ file, path: 'GIT_USERNAME', message: severalHosts(hosts) });
    logins.push(...usual.flatMap((login) => hosts.slice(0, 1).map((host) => ({ ...login, host }))));
  }
  if (issues.length > 0) throw new ConfigError(issues);
  return logins;
}

function severalHosts(hosts: readonly string[]): string {
  const written = hosts.map((host) => `{host: "${host}"}`).join(' or ');
  return `and GIT_PASSWORD are a single login, but the repositories are on several hosts (${hosts.join(', ')}): say under git.logins in coxswain.yaml which host it is for, such as ${written}; the others are read without a login, or get their own through \`secret\``;
}

/** Hosts of http and https addresses for which no rule has a login. */
function hostsWithout({ git, repositories }: Written): string[] {
  const addresses = repositories.flatMap(({ git: url, clone }) => [url, clone]);
  const without = addresses.flatMap((address) => {
    const at = gitAddress(address);
    return at && at.scheme !== 'ssh' && !loginFor(address, git.logins ?? []) ? [hostOf(at)] : [];
  });
  return [...new Set(without)];
}

/** Empty if a variable is missing: that is an issue, unless this login was not configured explicitly. */
function withSecret(rule: GitLoginRule, env: Environment, readFile: Read, issues: ConfigIssue[], mayLack = false): GitLogin[] {
  const { kind, secret, host, repository, knownHosts = [] } = rule;
  const to = { host, repository, secret };
  if (kind === 'github-app') return [{ ...to, kind }];
  const secretOf = (part: string): string | undefined => {
    const name = secret === undefined ? `GIT_${part}` : `GIT_${secret}_${part}`;
    const { value, mistake: issue } = readSecret({ name }, env, readFile);
    const wrong = issue ?? (value === undefined ? missing(name, host) : part === 'SSH_KEY' ? keyIssue(value) : undefined);
    if (wrong && !mayLack) issues.push({ file, path: name, message: wrong });
    return wrong ? undefined : value;
  };
  if (kind === 'ssh-key') {
    const key = secretOf('SSH_KEY');
    return key === undefined ? [] : [{ ...to, kind, key: wholeKey(key), knownHosts }];
  }
  const [username, password] = [secretOf('USERNAME'), secretOf('PASSWORD')];
  return username === undefined || password === undefined ? [] : [{ ...to, kind, username, password }];
}

function missing(name: string, host: string): string {
  return `is not set, but git.logins uses it for ${host}; set it, or give the path of a file as ${name}_FILE`;
}

/** Tokens of the App are sent only to its own GitHub: github.com, or the configured GitHub Enterprise host. */
function appMistakes({ host }: GitLoginRule, { githubApp, githubApiUrl = 'https://api.github.com' }: Partial<Settings>): ConfigIssue[] {
  if (!githubApp)
    return [
      {
        file,
        path: 'GITHUB_APP_ID',
        message: `is not set, but git.logins uses the GitHub App for ${host}; set its id, its installation id and its key`,
      },
    ];
  const own = new URL(githubApiUrl).host.replace(/^api\./, '');
  if (host.toLowerCase() === own) return [];
  return [
    {
      file: 'coxswain.yaml',
      path: 'git.logins',
      message: `the GitHub App belongs to ${own}, and its tokens are sent nowhere else: ${host} needs a login of another kind`,
    },
  ];
}
