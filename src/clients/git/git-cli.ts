import { execFile } from 'node:child_process';
import { messageOf } from '../../core/errors.ts';
import { printable } from './refs.ts';

/** How the git program is run: never through a shell, and with an environment of its own. */
export interface GitCli {
  /** A file that stands in for the user's git configuration. */
  readonly config: string;
  /** A folder that stands in for the home of the user. */
  readonly home: string;
  /** Further variables: PATH, proxies, GIT_SSL_CAINFO. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface GitCall {
  /** Transports that git may use in this call (GIT_ALLOW_PROTOCOL); none where not given. */
  readonly protocols?: 'file' | 'http' | 'https';
  /** Configuration that must not be seen among the arguments (credentials): passed by GIT_CONFIG_COUNT. */
  readonly secretConfig?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** git ended with an error; `stderr` is what it said. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly stderr: string;

  constructor(message: string, stderr: string, cause: unknown) {
    super(message, { cause });
    this.stderr = stderr;
  }
}

const mostBytes = 32 * 1024 ** 2;

/**
 * Runs git and gives what it printed.
 * @throws GitError
 */
export async function git(cli: GitCli, args: readonly string[], call: GitCall = {}): Promise<string> {
  const { timeoutMs = 60_000 } = call;
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const options = {
    env: environment(cli, call),
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: mostBytes,
    encoding: 'utf8',
    cwd: cli.home,
  } as const;
  execFile('git', args, options, (error, stdout, stderr) => {
    if (!error) return resolve(stdout);
    const said =
      stderr
        .trim()
        .split('\n')
        .filter((line) => /^(fatal|error|remote):/.test(line))
        .join('; ') ||
      stderr ||
      messageOf(error);
    const what = error.killed
      ? `did not end within ${timeoutMs / 1000} s`
      : error.code === 'ENOENT'
        ? 'is not installed here'
        : `says: ${printable(said)}`;
    reject(new GitError(`git ${args.find((arg) => /^[a-z]/.test(arg)) ?? ''} ${what}`, stderr, error));
  });
  return await promise;
}

function environment({ config, home, environment: more }: GitCli, { protocols, secretConfig = {} }: GitCall): Record<string, string> {
  const secrets = Object.entries(secretConfig);
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    ...more,
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: config,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    GIT_ALLOW_PROTOCOL: protocols ?? 'none',
    GIT_NO_LAZY_FETCH: '1',
    GIT_CONFIG_COUNT: String(secrets.length),
    ...Object.fromEntries(
      secrets.flatMap(([key, value], i) => [
        [`GIT_CONFIG_KEY_${i}`, key],
        [`GIT_CONFIG_VALUE_${i}`, value],
      ]),
    ),
  };
}
